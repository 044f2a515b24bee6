"""The settings: fields whose values count as soon as Apply is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrlctl.desktop.sim.programs.form import FieldProgram
from hrlctl.desktop.sim.programs.program import Start

if TYPE_CHECKING:
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.windows import Window


class Settings(FieldProgram):
    """Stays open when its values are applied."""

    kind = "settings"

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window, start, ("Apply",))

    def pressed(self, name: str) -> None:
        self.apply()
