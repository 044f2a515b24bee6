"""The named widgets of forms, dialogs, settings and pages."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hrlctl.schema.base import StrictModel

FieldRole = Literal[
    "check_box", "radio_button", "drop_down", "slider", "text_field", "list", "button", "label"
]


class FieldSetup(StrictModel):
    """One named widget of a form, a dialog, a page or the settings program.

    ``value`` is a bool for a check box, one of ``options`` for radio buttons, drop-downs and lists,
    0 to 100 for a slider, text for a text field; ``None`` draws one that is not the goal.
    """

    role: FieldRole
    name: str
    value: bool | int | str | None = None
    options: tuple[str, ...] = ()
    extra_options: int = Field(default=0, ge=0, le=30)  # further options with drawn names
