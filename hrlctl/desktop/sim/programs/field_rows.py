"""Fields in rows: labels on the left, controls on the right; scrolls where they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fields import VALUE_ROLES, Field, FieldValue
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.program import Size
from hrlctl.desktop.sim.programs.scrolled_rows import Row, ScrolledRows
from hrlctl.desktop.sim.widgets.base import Widget
from hrlctl.desktop.sim.widgets.buttons import Button, CheckBox, RadioGroup
from hrlctl.desktop.sim.widgets.choices import DropDown, ItemList
from hrlctl.desktop.sim.widgets.editing import TextField
from hrlctl.desktop.sim.widgets.sliders import Slider
from hrlctl.desktop.sim.widgets.texts import Label

if TYPE_CHECKING:
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_CONTROL_WIDTH = 56
_LIST_ROWS = 4
_LABELLED = frozenset({"drop_down", "text_field", "slider", "list", "radio_button"})


def _row_height(role: str, options: int, theme: Theme) -> int:
    if role == "radio_button":
        return options * theme.row_height
    if role == "list":
        return min(max(options, 2), _LIST_ROWS) * theme.row_height + 2
    return {
        "check_box": max(theme.check_size, theme.row_height),
        "drop_down": theme.field_height,
        "text_field": theme.field_height,
        "slider": theme.slider_height,
        "button": theme.button_height,
    }.get(role, theme.row_height)


def rows_height(fields: Iterable[Field], theme: Theme) -> int:
    """The pixels that ``fields`` take one below the other."""
    return sum(_row_height(f.role, len(f.options), theme) + Row.gap for f in fields)


class FieldRow(Row):
    """A control, with its name beside it where it does not show that itself.

    Args:
        pressed: called with the name of a push button.
    """

    def __init__(self, field: Field, theme: Theme, pressed: Callable[[str], None]) -> None:
        self.role = field.role
        self.control = _control(field, pressed)
        self.label = Label(field.name) if field.role in _LABELLED else None
        self.widgets = (self.control,) if self.label is None else (self.label, self.control)
        self.height = _row_height(field.role, len(field.options), theme)
        self._theme = theme
        self._label_width = 0

    def align(self, label_width: int) -> None:
        """Let the control begin where those of other rows do."""
        self._label_width = label_width

    def place(self, x: int, y: int, width: int) -> None:
        theme = self._theme
        if self.label is not None:
            label_height = min(self.height, theme.field_height)
            self.label.rect = Rect(x, y, self._label_width, label_height)
            indent = self._label_width + 3
            place = Rect(x + indent, y, width - indent, self.height)
        else:
            place = Rect(x, y, width, self.height)
        if isinstance(self.control, ItemList):
            self.control.arrange(place, theme)
            return
        if isinstance(self.control, RadioGroup):
            self.control.row_height = theme.row_height
        self.control.rect = place


def _control(field: Field, pressed: Callable[[str], None]) -> Widget:
    role, name, value, options = field
    if role == "check_box":
        return CheckBox(name, bool(value))
    if role == "radio_button":
        return RadioGroup(name, options, str(value))
    if role == "drop_down":
        return DropDown(name, options, str(value))
    if role == "slider":
        return Slider(name, int(value))
    if role == "text_field":
        return TextField(name, str(value))
    if role == "list":
        return ItemList(name, options, str(value))
    if role == "button":
        return Button(name, lambda: pressed(name))
    return Label(str(value) or name, name)


def field_rows(
    fields: Iterable[Field], theme: Theme, pressed: Callable[[str], None]
) -> list[FieldRow]:
    """A row for each field, their controls one below the other."""
    rows = [FieldRow(field, theme, pressed) for field in fields]
    width = labels_width(rows, theme)
    for row in rows:
        row.align(width)
    return rows


def labels_width(rows: Iterable[FieldRow], theme: Theme) -> int:
    """The pixels of the longest label."""
    measure = FONTS[theme.text_font].width
    return max((measure(row.label.text) for row in rows if row.label), default=0)


def values(rows: Iterable[FieldRow]) -> dict[str, FieldValue]:
    """The values that the controls show now, by name."""
    return {
        row.control.name: "" if row.control.value is None else row.control.value
        for row in rows
        if row.role in VALUE_ROLES
    }


class FieldRows(ScrolledRows):
    """The widgets of some fields in a window.

    Args:
        pressed: called with the name of a push button among the fields.
    """

    rows: Sequence[FieldRow]

    def __init__(
        self, window: Window, fields: Iterable[Field], pressed: Callable[[str], None]
    ) -> None:
        theme = window.session.theme
        super().__init__(window, window.title, field_rows(fields, theme, pressed))
        for row in self.rows:
            for widget in row.widgets:
                window.add(widget)
        window.add(self.bar)

    def values(self) -> dict[str, FieldValue]:
        """The values that the widgets show now, by name."""
        return values(self.rows)

    def size(self, theme: Theme) -> Size:
        """What all rows take."""
        measure = FONTS[theme.text_font].width
        label_width = labels_width(self.rows, theme)
        width = label_width + 3 + _CONTROL_WIDTH if label_width else 0
        for row in self.rows:
            if row.label is None:
                text = row.control.value if row.role == "label" else row.control.name
                width = max(width, measure(str(text)) + theme.check_size + 6)
        return Size(width, sum(row.height + row.gap for row in self.rows))
