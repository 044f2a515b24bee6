"""The programs by the names that setups use. A new program is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from hrlctl.desktop.sim.programs.browser import Browser
from hrlctl.desktop.sim.programs.calculator import Calculator
from hrlctl.desktop.sim.programs.file_manager import FileManager
from hrlctl.desktop.sim.programs.form import Form
from hrlctl.desktop.sim.programs.program import Program, Start
from hrlctl.desktop.sim.programs.settings import Settings
from hrlctl.desktop.sim.programs.text_editor import TextEditor
from hrlctl.desktop.sim.programs.viewer import Viewer

if TYPE_CHECKING:
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.windows import Window

PROGRAMS: Mapping[str, Callable[[Window, Start, Names], Program]] = MappingProxyType(
    {
        program.kind: program
        for program in (Browser, Calculator, FileManager, Form, Settings, TextEditor, Viewer)
    }
)
