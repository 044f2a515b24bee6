"""A pack's description of itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hrlctl.schema.base import StrictModel

Version = Annotated[str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,3}$")]


class PackInfo(StrictModel):
    """What a task file says under ``pack``."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)
    version: str = "0"
    about: str = ""
    author: str = ""
    license: str = ""
    needs_hrlctl: Version = "0"  # this version or a later one
