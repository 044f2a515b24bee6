"""Fields in rows: labels on the left, controls on the right; scrolls where they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fields import VALUE_ROLES, Field, FieldValue
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.program import Size
from hrlctl.desktop.sim.widgets.base import Widget
from hrlctl.desktop.sim.widgets.buttons import Button, CheckBox, RadioGroup
from hrlctl.desktop.sim.widgets.choices import DropDown, ItemList
from hrlctl.desktop.sim.widgets.editing import TextField
from hrlctl.desktop.sim.widgets.scroll_bars import ScrollBar, ScrollState
from hrlctl.desktop.sim.widgets.sliders import Slider
from hrlctl.desktop.sim.widgets.texts import Label

if TYPE_CHECKING:
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_GAP = 2
_CONTROL_WIDTH = 56
_LIST_ROWS = 4


class _Row(NamedTuple):
    role: str
    label: Label | None
    control: Widget
    height: int


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
    return sum(_row_height(f.role, len(f.options), theme) + _GAP for f in fields)


class FieldRows:
    """The widgets of some fields in a window.

    Args:
        pressed: called with the name of a push button among the fields.
    """

    def __init__(
        self, window: Window, fields: Iterable[Field], pressed: Callable[[str], None]
    ) -> None:
        self.window = window
        self._pressed = pressed
        self._area = Rect(0, 0, 0, 0)
        self.scroll = ScrollState(self._place)
        self._bar = ScrollBar(window.title, self.scroll)
        theme = window.session.theme
        self.rows: list[_Row] = []
        for field in fields:
            label = None
            control = self._control(field)
            if field.role in ("drop_down", "text_field", "slider", "list", "radio_button"):
                label = Label(field.name)
                window.add(label)
            window.add(control)
            height = _row_height(field.role, len(field.options), theme)
            self.rows.append(_Row(field.role, label, control, height))
        window.add(self._bar)
        measure = FONTS[theme.text_font].width
        self._label_width = max((measure(r.label.text) for r in self.rows if r.label), default=0)

    def _control(self, field: Field) -> Widget:
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
            return Button(name, lambda: self._pressed(name))
        return Label(str(value) or name, name)

    def values(self) -> dict[str, FieldValue]:
        """The values that the widgets show now, by name."""
        return {
            row.control.name: "" if row.control.value is None else row.control.value
            for row in self.rows
            if row.role in VALUE_ROLES
        }

    def size(self, theme: Theme) -> Size:
        """What all rows take."""
        measure = FONTS[theme.text_font].width
        width = self._label_width + 3 + _CONTROL_WIDTH if self._label_width else 0
        for row in self.rows:
            if row.label is None:
                text = row.control.value if row.role == "label" else row.control.name
                width = max(width, measure(str(text)) + theme.check_size + 6)
        return Size(width, sum(row.height + _GAP for row in self.rows))

    def arrange(self, area: Rect, theme: Theme) -> None:
        """Place the rows in ``area``, in the window's coordinates."""
        self._area = area
        room, shown = area.height + _GAP, 0
        for row in reversed(self.rows):
            room -= row.height + _GAP
            if room < 0:
                break
            shown += 1
        self.scroll.resize(len(self.rows), shown)
        bar = theme.scroll_bar_width
        self.scroll.bar = self._bar.rect = Rect(area.right - bar, area.y, bar, area.height)
        self._bar.is_shown = self.scroll.is_needed
        self._place()

    def _place(self) -> None:
        x, y, width, _ = self._area
        bottom = self._area.bottom
        if self.scroll.is_needed:
            width -= self.scroll.bar.width + 1
        indent = self._label_width + 3
        theme = self.window.session.theme
        for index, row in enumerate(self.rows):
            is_shown = index >= self.scroll.first and y + row.height <= bottom
            row.control.is_shown = is_shown
            if row.label is not None:
                row.label.is_shown = is_shown
                row.label.rect = Rect(x, y, self._label_width, min(row.height, theme.field_height))
                place = Rect(x + indent, y, width - indent, row.height)
            else:
                place = Rect(x, y, width, row.height)
            if isinstance(row.control, ItemList):
                row.control.arrange(place, theme)
            elif isinstance(row.control, RadioGroup):
                row.control.row_height = theme.row_height
                row.control.rect = place
            else:
                row.control.rect = place
            if is_shown:
                y += row.height + _GAP
        self.window.repaint_all()

    def reveal(self, widget: Widget) -> None:
        """Scroll to the row of ``widget``."""
        for index, row in enumerate(self.rows):
            if row.control is widget:
                self.scroll.reveal(index)
