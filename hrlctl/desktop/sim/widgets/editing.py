"""Text fields and text areas."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.text_buffer import Line, TextBuffer, wrapped
from hrlctl.desktop.sim.widgets.base import MenuItem, Part, Widget
from hrlctl.desktop.sim.widgets.scroll_bars import ScrollState

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme

_TEXT_MARGIN = 3  # from the edge of a field to its first letter


class EditedText(Widget):
    """What text fields and text areas share: typing, clipboard, undo, selection."""

    __slots__ = ("buffer", "on_change")

    takes_focus = True

    def __init__(self, name: str, buffer: TextBuffer) -> None:
        super().__init__(name)
        self.buffer = buffer
        self.on_change: Callable[[], None] | None = None

    @property
    def value(self) -> str:
        return self.buffer.text

    @abstractmethod
    def position_at(self, x: int, y: int) -> int:
        """The position in the text under a point."""

    def edited(self) -> None:
        """The text or the caret has changed."""
        self.changed()
        if self.on_change is not None:
            self.on_change()

    def click(self, x: int, y: int) -> None:
        self.buffer.move(self.position_at(x, y))
        self.edited()

    def double_click(self, x: int, y: int) -> None:
        self.buffer.select_word(self.position_at(x, y))
        self.edited()

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        self.buffer.select(self.position_at(x, y), self.position_at(to_x, to_y))
        self.edited()

    def type_text(self, text: str) -> bool:
        self.buffer.insert(text)
        self.edited()
        return True

    def press(self, key: str) -> bool:
        buffer = self.buffer
        if key == "ctrl+a":
            buffer.select_all()
        elif key == "ctrl+c":
            self._copy()
        elif key == "ctrl+x":
            self._cut()
        elif key == "ctrl+v":
            self._paste()
        elif key == "ctrl+z":
            buffer.undo()
        elif key == "backspace":
            buffer.erase(forward=False)
        elif key == "delete":
            buffer.erase(forward=True)
        elif key == "space":
            buffer.insert(" ")
        elif key == "left":
            buffer.move(buffer.selection[0] if buffer.selection else buffer.caret - 1)
        elif key == "right":
            buffer.move(buffer.selection[1] if buffer.selection else buffer.caret + 1)
        else:
            return False
        self.edited()
        return True

    def _copy(self) -> None:
        if self.buffer.selected_text:
            self.window.session.clipboard = self.buffer.selected_text

    def _cut(self) -> None:
        if self.buffer.selected_text:
            self._copy()
            self.buffer.erase(forward=True)

    def _paste(self) -> None:
        self.buffer.insert(self.window.session.clipboard)

    def menu_items(self) -> Sequence[MenuItem]:
        def then_show(change: Callable[[], None]) -> Callable[[], None]:
            def run() -> None:
                change()
                self.edited()

            return run

        return (
            MenuItem("Cut", then_show(self._cut)),
            MenuItem("Copy", then_show(self._copy)),
            MenuItem("Paste", then_show(self._paste)),
            MenuItem("Select all", then_show(self.buffer.select_all)),
        )


class TextField(EditedText):
    """One line of text."""

    __slots__ = ()

    role: ClassVar[Role] = "text_field"

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, TextBuffer(text, is_single_line=True))

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        has_focus = self.has_focus
        painters.paint_text_field(
            canvas,
            self.rect,
            theme,
            self.buffer.text,
            self.buffer.caret if has_focus else None,
            self.buffer.selection if has_focus else None,
        )

    def position_at(self, x: int, y: int) -> int:
        theme = self.window.session.theme
        text = self.buffer.text
        caret = self.buffer.caret if self.has_focus else None
        hidden = painters.text_field_offset(self.rect, theme, text, caret)
        return FONTS[theme.text_font].column(text, x - self.rect.x - _TEXT_MARGIN + hidden)

    def press(self, key: str) -> bool:
        if key in ("home", "end"):
            self.buffer.move(0 if key == "home" else len(self.buffer.text))
            self.edited()
            return True
        return super().press(key)


class AddressLine(TextField):
    """Where one is, to be typed over: a click selects all of it, the next one sets the caret."""

    __slots__ = ()

    def set_text(self, text: str) -> None:
        """Show another address."""
        if text != self.buffer.text:
            self.buffer.replace_all(text)
            self.changed()

    def click(self, x: int, y: int) -> None:
        if not self.buffer.text or self.buffer.selection == (0, len(self.buffer.text)):
            super().click(x, y)
        else:
            self.buffer.select_all()
            self.edited()


class TextArea(EditedText):
    """Text of many lines, wrapped to the width; scrolls."""

    __slots__ = ("_wrapped_for", "lines", "rows")

    role: ClassVar[Role] = "text_area"

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, TextBuffer(text, is_single_line=False))
        self.lines: list[Line] = [Line(0, 0)]
        self.rows = ScrollState(self.changed)
        self._wrapped_for: str | None = None

    def arrange(self, rect: Rect, theme: Theme) -> None:
        """Take the place ``rect``, in the window's coordinates."""
        self.rect = rect
        bar = theme.scroll_bar_width
        self.rows.bar = Rect(rect.right - bar, rect.y, bar, rect.height)
        self._wrapped_for = None
        self._wrap()

    def _wrap(self) -> None:
        text = self.buffer.text
        if text != self._wrapped_for:
            theme = self.window.session.theme
            width = self.rect.width - self.rows.bar.width - 2 * _TEXT_MARGIN
            self.lines = wrapped(text, width, FONTS[theme.text_font].width)
            self.rows.resize(len(self.lines), (self.rect.height - 3) // theme.row_height)
            self._wrapped_for = text

    def _caret_place(self) -> tuple[int, int]:
        caret = self.buffer.caret
        for row in range(len(self.lines) - 1, -1, -1):
            if caret >= self.lines[row].start:
                return row, min(caret, self.lines[row].end) - self.lines[row].start
        return 0, 0

    def edited(self) -> None:
        self._wrap()
        self.rows.reveal(self._caret_place()[0])
        super().edited()

    @property
    def _body(self) -> Rect:
        x, y, width, height = self.rect
        return Rect(x, y, width - self.rows.bar.width, height)

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        text = self.buffer.text
        painters.paint_text_area(
            canvas,
            self._body if self.rows.is_needed else self.rect,
            theme,
            [text[line.start : line.end] for line in self.lines],
            self._caret_place() if self.has_focus else None,
            self.has_focus and self.buffer.selection == (0, len(text)),
            self.rows.first,
        )
        if self.rows.is_needed:
            self.rows.paint(canvas, theme)

    def parts(self) -> Iterator[Part]:
        yield Part("text_area", self.name, self.rect)
        if self.rows.is_needed:
            yield Part("scroll_bar", self.name, self.rows.bar)

    def place_of(self, share: float) -> Rect:
        return self.rows.place_of(share)

    def position_at(self, x: int, y: int) -> int:
        theme = self.window.session.theme
        row = self.rows.first + (y - self.rect.y - 2) // theme.row_height
        return self._position(max(0, min(row, len(self.lines) - 1)), x - self.rect.x - _TEXT_MARGIN)

    def _position(self, row: int, x: int) -> int:
        line = self.lines[row]
        font = FONTS[self.window.session.theme.text_font]
        return line.start + font.column(self.buffer.text[line.start : line.end], x)

    def click(self, x: int, y: int) -> None:
        if self.rows.is_needed and self.rows.bar.contains(x, y):
            self.rows.click(y)
        else:
            super().click(x, y)

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        if self.rows.is_needed and self.rows.bar.contains(x, y):
            self.rows.click(to_y)
        else:
            super().drag(x, y, to_x, to_y)

    def scroll(self, direction: ScrollDirection) -> bool:
        self.rows.move_to(self.rows.first + (3 if direction == "down" else -3))
        return True

    def press(self, key: str) -> bool:
        if key == "enter":
            self.buffer.insert("\n")
            self.edited()
            return True
        row, column = self._caret_place()
        line = self.lines[row]
        rows = {"up": -1, "down": 1, "page_up": -self.rows.shown, "page_down": self.rows.shown}
        if key in rows:
            measure = FONTS[self.window.session.theme.text_font].width
            x = measure(self.buffer.text[line.start : line.start + column])
            target = max(0, min(row + rows[key], len(self.lines) - 1))
            self.buffer.move(self._position(target, x))
        elif key in ("home", "end"):
            self.buffer.move(line.start if key == "home" else line.end)
        else:
            return super().press(key)
        self.edited()
        return True
