"""What stands on the pages of a browser, and the tabs and tools above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.text_buffer import Line, TextBuffer, wrapped
from hrlctl.desktop.sim.widgets.base import MenuItem, Part, Widget
from hrlctl.desktop.sim.widgets.buttons import Button
from hrlctl.desktop.sim.widgets.editing import TextField

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme


class Passage(Widget):
    """Text that can be selected and copied, not changed; its name is the text.

    Each of its words is a part with the role ``label``, too. A click gives it the keyboard; the
    Tab key passes it by.
    """

    __slots__ = ("_buffer", "_lines", "style")

    role: ClassVar[Role] = "label"

    def __init__(self, text: str, style: painters.TextStyle = "text") -> None:
        super().__init__(text)
        self.style = style
        self._buffer = TextBuffer(text, is_single_line=False)
        self._buffer.move(0)
        self._lines = [Line(0, len(text))]

    @property
    def value(self) -> str:
        return self._buffer.text

    def wrap(self, width: int, theme: Theme) -> int:
        """Break the text into lines; returns their number."""
        measure = painters.passage_font(theme, self.style).width
        self._lines = wrapped(self.value, width, measure)
        return len(self._lines)

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_passage(
            canvas,
            self.rect,
            theme,
            [self._written(line) for line in self._lines],
            self.style,
            [self._selected_in(line) for line in self._lines],
        )

    def _written(self, line: Line) -> str:
        return self.value[line.start : line.end].rstrip()

    def _selected_in(self, line: Line) -> tuple[int, int] | None:
        """The columns of ``line`` that are selected."""
        if self._buffer.selection is None or self.window.focus is not self:
            return None
        start, end = self._buffer.selection
        start, end = max(start, line.start), min(end, line.end)
        return (start - line.start, end - line.start) if start < end else None

    def parts(self) -> Iterator[Part]:
        yield Part("label", self.name, self.rect)
        if " " not in self.value:
            return
        theme = self.window.session.theme
        measure = painters.passage_font(theme, self.style).width
        for row, line in enumerate(self._lines):
            written = self._written(line)
            top = self.rect.y + row * theme.row_height
            column = 0
            for word in written.split(" "):
                left = self.rect.x + measure(written[:column])
                yield Part(
                    "label", word.strip(".,:"), Rect(left, top, measure(word), theme.row_height)
                )
                column += len(word) + 1

    def _position_at(self, x: int, y: int) -> int:
        theme = self.window.session.theme
        row = max(0, min((y - self.rect.y) // theme.row_height, len(self._lines) - 1))
        line = self._lines[row]
        font = painters.passage_font(theme, self.style)
        return line.start + font.column(self._written(line), x - self.rect.x)

    def click(self, x: int, y: int) -> None:
        self._buffer.move(self._position_at(x, y))
        self._selected()

    def double_click(self, x: int, y: int) -> None:
        self._buffer.select_word(self._position_at(x, y))
        self._selected()

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        self._buffer.select(self._position_at(x, y), self._position_at(to_x, to_y))
        self._selected()

    def _selected(self) -> None:
        self.window.focus_on(self)
        self.changed()

    def _copy(self) -> None:
        if self._buffer.selected_text:
            self.window.session.clipboard = self._buffer.selected_text

    def _select_all(self) -> None:
        self._buffer.select_all()
        self._selected()

    def press(self, key: str) -> bool:
        actions = {"ctrl+c": self._copy, "ctrl+a": self._select_all}
        if key not in actions:
            return False
        actions[key]()
        return True

    def menu_items(self) -> Sequence[MenuItem]:
        return (MenuItem("Copy", self._copy), MenuItem("Select all", self._select_all))


class PageLink(Widget):
    """Leads to another page.

    Args:
        follow: called when it is clicked, or by Enter with the focus.
    """

    __slots__ = ("_follow",)

    role: ClassVar[Role] = "link"
    takes_focus = True

    def __init__(self, text: str, follow: Callable[[], None]) -> None:
        super().__init__(text)
        self._follow = follow

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_link(canvas, self.rect, theme, self.name, focused=self.has_focus)

    def click(self, x: int, y: int) -> None:
        self._follow()

    def double_click(self, x: int, y: int) -> None:
        """The first click has followed it."""

    def press(self, key: str) -> bool:
        if key == "enter":
            self._follow()
            return True
        return False


class Tab(Widget):
    """A tab of a browser; its value says whether it is the one in front.

    Args:
        choose: called when it is clicked.
    """

    __slots__ = ("_choose", "is_active", "room")

    role: ClassVar[Role] = "tab"

    def __init__(self, title: str, choose: Callable[[], None], *, is_active: bool) -> None:
        super().__init__(title)
        self._choose = choose
        self.is_active = is_active
        self.room = 0  # pixels of its width that are not the sign that closes it

    @property
    def value(self) -> bool:
        return self.is_active

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_tab(
            canvas, self.rect, theme, self.name, active=self.is_active, room=self.room
        )

    def parts(self) -> Iterator[Part]:
        yield Part("tab", self.name, self.rect._replace(width=self.room))

    def click(self, x: int, y: int) -> None:
        self._choose()


class Tool(Button):
    """A flat button with a sign.

    Args:
        glyph: of ``GLYPHS``.
        in_strip: whether it stands among the tabs.
    """

    __slots__ = ("glyph", "in_strip", "is_enabled")

    takes_focus = False

    def __init__(
        self, name: str, glyph: str, action: Callable[[], None], *, in_strip: bool = False
    ) -> None:
        super().__init__(name, action)
        self.glyph = glyph
        self.in_strip = in_strip
        self.is_enabled = True

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_tool(
            canvas,
            self.rect,
            theme,
            self.glyph,
            enabled=self.is_enabled,
            focused=self.has_focus,
            in_strip=self.in_strip,
        )

    def click(self, x: int, y: int) -> None:
        if self.is_enabled:
            self.action()


class SearchField(TextField):
    """A text field that shows its name while it is empty and does not have the keyboard."""

    __slots__ = ()

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        super().paint(canvas, theme)
        if not self.value and not self.has_focus:
            painters.paint_hint(canvas, self.rect, theme, self.name)
