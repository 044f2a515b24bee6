"""A simulated desktop with a hand, for the tests of its behaviour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from hrlctl.desktop.commands import Click, DoubleClick, Drag, Press, RightClick, Scroll, TypeText
from hrlctl.desktop.contract import Locator, Rect, Role, WidgetState, WindowState
from hrlctl.desktop.sim import SimDesktop
from hrlctl.schema.setup import Setup


class User:
    """Someone at a desktop, who names things and never counts pixels."""

    def __init__(self, setup: Setup, seed: int = 0, size: tuple[int, int] = (160, 120)) -> None:
        self.desktop = SimDesktop(*size)
        self.desktop.reset(setup, seed)

    def find(
        self,
        role: Role,
        name: str | None = None,
        window: str | None = None,
        at: float | None = None,
    ) -> Rect | None:
        return self.desktop.locate(Locator(role, name, window, at))

    def point(
        self,
        role: Role,
        name: str | None = None,
        window: str | None = None,
        at: float | None = None,
    ) -> tuple[int, int]:
        rect = self.find(role, name, window, at)
        assert rect is not None, f"{role} {name} of {window} cannot be clicked"
        return rect.x + rect.width // 2, rect.y + rect.height // 2

    def click(self, role: Role, name: str | None = None, window: str | None = None) -> None:
        self.desktop.perform(Click(*self.point(role, name, window)))

    def double_click(self, role: Role, name: str | None = None) -> None:
        self.desktop.perform(DoubleClick(*self.point(role, name)))

    def right_click(self, role: Role, name: str | None = None) -> None:
        self.desktop.perform(RightClick(*self.point(role, name)))

    def drag(self, start: tuple[int, int], x: int, y: int) -> None:
        self.desktop.perform(Drag(*start, start[0] + x, start[1] + y))

    def scroll_down(self, role: Role, name: str | None = None) -> None:
        self.desktop.perform(Scroll(*self.point(role, name), "down"))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.desktop.perform(Press(key))

    def type(self, text: str) -> None:
        self.desktop.perform(TypeText(text))

    @property
    def windows(self) -> dict[str, WindowState]:
        """By title, bottom to top."""
        return {window.title: window for window in self.desktop.state().windows}

    @property
    def focused(self) -> str | None:
        return next((w.title for w in self.desktop.state().windows if w.is_focused), None)

    @property
    def focused_widget(self) -> str | None:
        return next((w.name for w in self.desktop.state().widgets if w.is_focused), None)

    def widget(self, name: str, window: str | None = None) -> WidgetState:
        return next(
            w
            for w in self.desktop.state().widgets
            if w.name == name and window in (None, w.window) and w.role != "label"
        )

    def screen(self) -> npt.NDArray[np.uint8]:
        return self.desktop.capture().copy()


@pytest.fixture(scope="session")
def user() -> Callable[..., User]:
    """``user(setup, seed=0, size=(160, 120))``: someone before a desktop in that state."""
    return User
