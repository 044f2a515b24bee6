"""The pages that a browser finds: what a task writes of them; what it leaves out is drawn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hrlctl.schema.base import StrictModel
from hrlctl.schema.fields import FieldSetup

Address = Annotated[str, Field(pattern=r"^\S+$", max_length=60)]
"""Such as ``news.org/today``; compared as ``normal_address`` spells it."""


def normal_address(address: str) -> str:
    """The one spelling by which addresses compare: lower case, no scheme, no slash at the end."""
    address = address.strip().lower()
    for scheme in ("https://", "http://"):
        address = address.removeprefix(scheme)
    return address.rstrip("/")


_Extra = Annotated[int, Field(ge=0, le=30)]


class LinkSetup(StrictModel):
    """A link; without ``to`` it leads to a page that is drawn."""

    text: str
    to: Address | None = None


class ParagraphSetup(StrictModel):
    """Some text, wrapped to the width of the page."""

    kind: Literal["paragraph"] = "paragraph"
    text: str


class LinksSetup(StrictModel):
    """Links, one a line, in their order; drawn ones stand among them."""

    kind: Literal["links"] = "links"
    entries: tuple[LinkSetup, ...] = ()
    extra_entries: _Extra = 0


class TableSetup(StrictModel):
    """Rows of cells below the names of their columns; drawn rows stand among them.

    In a drawn row the first cell is a name. The others are numbers where the first row has one,
    else words.
    """

    kind: Literal["table"] = "table"
    columns: tuple[str, ...] = Field(min_length=1, max_length=4)
    rows: tuple[tuple[str, ...], ...] = Field(min_length=1)
    extra_rows: _Extra = 0

    @model_validator(mode="after")
    def _rectangular(self) -> TableSetup:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise PydanticCustomError(
                    "table_row",
                    "a row has {cells} cells, but there are {columns} columns",
                    {"cells": len(row), "columns": len(self.columns)},
                )
        return self


class WebFormSetup(StrictModel):
    """Fields and a button that sends them: then their values count, as settings do.

    ``to`` is the page that follows; without it one that says that the entries were sent.
    """

    kind: Literal["form"] = "form"
    fields: tuple[FieldSetup, ...] = ()
    extra_fields: _Extra = 0
    submit: str = "Send"
    to: Address | None = None


class SearchSetup(StrictModel):
    """A field and the button "Find", which leads to those entries that hold the text."""

    kind: Literal["search"] = "search"
    name: str = "Search"
    entries: tuple[LinkSetup, ...] = ()
    extra_entries: _Extra = 0


Content = Annotated[
    ParagraphSetup | LinksSetup | TableSetup | WebFormSetup | SearchSetup,
    Field(discriminator="kind"),
]
"""One part of a page, below those before it."""


class PageSetup(StrictModel):
    """A page of the simulated web; its title is also its heading."""

    address: Address
    title: str
    content: tuple[Content, ...] = ()
