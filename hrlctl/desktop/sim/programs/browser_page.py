"""A page as a browser window shows it: its widgets in rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.fields import apply
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.field_rows import FieldRow, field_rows, values
from hrlctl.desktop.sim.programs.scrolled_rows import Row, ScrolledRows
from hrlctl.desktop.sim.web import (
    Link,
    Links,
    Page,
    Paragraph,
    Search,
    Table,
    WebForm,
    results_address,
)
from hrlctl.desktop.sim.widgets.base import Widget
from hrlctl.desktop.sim.widgets.buttons import Button
from hrlctl.desktop.sim.widgets.editing import TextField
from hrlctl.desktop.sim.widgets.pages import PageLink, Passage, SearchField

if TYPE_CHECKING:
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_FIND = "Find"
_BUTTON_MARGIN = 10  # both sides of a label together


class _PassageRow(Row):
    """Text over the whole width."""

    def __init__(self, passage: Passage, theme: Theme) -> None:
        self._passage, self._theme = passage, theme
        self._rule = 1 if passage.style == "heading" else 0
        self.widgets = (passage,)
        self.height = theme.row_height + self._rule

    def fit(self, width: int) -> None:
        lines = self._passage.wrap(width, self._theme)
        self.height = lines * self._theme.row_height + self._rule

    def place(self, x: int, y: int, width: int) -> None:
        self._passage.rect = Rect(x, y, width, self.height)


class _LinkRow(Row):
    """A link as wide as its text."""

    gap = 1

    def __init__(self, link: PageLink, theme: Theme) -> None:
        self._link = link
        self._width = FONTS[theme.text_font].width(link.name) + 2
        self.widgets = (link,)
        self.height = theme.row_height

    def place(self, x: int, y: int, width: int) -> None:
        self._link.rect = Rect(x, y, min(self._width, width), self.height)


class _TableRow(Row):
    """Cells side by side, columns of the same width."""

    gap = 0

    def __init__(self, cells: Sequence[str], style: painters.TextStyle, theme: Theme) -> None:
        self.widgets = tuple(Passage(cell, style) for cell in cells)
        self.height = theme.row_height + 1

    def place(self, x: int, y: int, width: int) -> None:
        count = len(self.widgets)
        for index, cell in enumerate(self.widgets):
            left = x + width * index // count
            cell.rect = Rect(left, y, x + width * (index + 1) // count - left, self.height)


class _ButtonRow(Row):
    """A push button as wide as its label, perhaps with a field before it."""

    def __init__(self, button: Button, theme: Theme, field: TextField | None = None) -> None:
        self._button, self._field = button, field
        self._width = max(24, FONTS[theme.text_font].width(button.name) + _BUTTON_MARGIN)
        self.widgets = (button,) if field is None else (field, button)
        self.height = theme.button_height

    def place(self, x: int, y: int, width: int) -> None:
        left = x
        if self._field is not None:
            left = x + width - self._width
            self._field.rect = Rect(x, y, width - self._width - 2, self.height)
        self._button.rect = Rect(left, y, self._width, self.height)


class PageView:
    """A page with what has been entered on it; its widgets belong to the window while it is shown.

    Args:
        follow: called with the address of a link, a form's next page or a search's results.

    Attributes:
        submits: for each widget of a form or a search the button that Enter presses.
    """

    def __init__(self, window: Window, page: Page, follow: Callable[[str], None]) -> None:
        self.page = page
        self._window = window
        self._theme = window.session.theme
        self._follow = follow
        self.submits: dict[Widget, Button] = {}
        self._scrolled = ScrolledRows(window, page.title, list(self._rows()))
        self.widgets: tuple[Widget, ...] = (
            *(widget for row in self._scrolled.rows for widget in row.widgets),
            self._scrolled.bar,
        )

    def _rows(self) -> Iterator[Row]:
        theme = self._theme
        yield _PassageRow(Passage(self.page.title, "heading"), theme)
        for block in self.page.blocks:
            match block:
                case Paragraph(text=text):
                    yield _PassageRow(Passage(text), theme)
                case Links(links=links):
                    for link in links:
                        yield self._link(link)
                case Table(columns=columns, rows=rows):
                    yield _TableRow(columns, "column", theme)
                    for row in rows:
                        yield _TableRow(row, "cell", theme)
                case WebForm():
                    yield from self._form(block)
                case Search():
                    yield self._search(block)

    def _link(self, link: Link) -> Row:
        return _LinkRow(PageLink(link.text, lambda: self._follow(link.address)), self._theme)

    def _form(self, form: WebForm) -> Iterator[Row]:
        settings = self._window.session.settings
        fields = [
            field._replace(value=settings.get(field.name, field.value)) for field in form.fields
        ]
        rows: list[FieldRow] = []

        def submit() -> None:
            apply(settings, form.fields, values(rows))
            self._follow(form.address)

        rows += field_rows(fields, self._theme, lambda _name: submit())
        button = Button(form.submit, submit)
        self._submitted_by(button, (row.control for row in rows))
        yield from rows
        yield _ButtonRow(button, self._theme)

    def _search(self, search: Search) -> Row:
        field = SearchField(search.name, "")

        def find() -> None:
            if field.value.strip():
                self._follow(results_address(self.page.address, field.value))

        button = Button(_FIND, find)
        self._submitted_by(button, (field,))
        return _ButtonRow(button, self._theme, field)

    def _submitted_by(self, button: Button, controls: Iterator[Widget] | Sequence[Widget]) -> None:
        self.submits.update((control, button) for control in controls)

    @property
    def default(self) -> Button | None:
        """The button that stands out: the first one that sends something."""
        return next(iter(self.submits.values()), None)

    def arrange(self, area: Rect) -> None:
        """Place the page in ``area``, in the window's coordinates."""
        self._scrolled.arrange(area)

    def reveal(self, widget: Widget) -> None:
        """Scroll to ``widget``."""
        self._scrolled.reveal(widget)

    def scroll(self, rows: int) -> None:
        """Scroll down by some rows, or up where ``rows`` is negative."""
        self._scrolled.scroll.move_to(self._scrolled.scroll.first + rows)

    @property
    def page_rows(self) -> int:
        """How many rows can be seen at a time."""
        return self._scrolled.scroll.shown
