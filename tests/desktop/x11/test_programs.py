"""Kinds of programs stand for what is installed; what is missing is said with its package."""

from __future__ import annotations

import pytest

from hrlctl.desktop.backends import check_available
from hrlctl.desktop.x11.programs import PROGRAMS, installed, kind_of_window, require
from hrlctl.errors import DesktopUnavailableError, ExitCode
from hrlctl.schema.pages import PageSetup
from hrlctl.schema.setup import ProgramKind, Setup


@pytest.mark.parametrize(
    ("kind", "package"), [("calculator", "galculator"), ("browser", "chromium")]
)
def test_a_missing_program_is_said_with_its_package(
    kind: ProgramKind, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert installed(kind) is None
    with pytest.raises(DesktopUnavailableError, match=f"apt-get install {package}") as caught:
        require(kind)
    assert caught.value.exit_code == ExitCode.DESKTOP_UNAVAILABLE


def test_a_kind_without_real_programs_is_refused() -> None:
    with pytest.raises(DesktopUnavailableError, match="settings"):
        require("settings")


def test_a_missing_server_is_said_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("Xlib", reason="needs real programs: python-xlib")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DesktopUnavailableError, match="xvfb"):
        check_available("x11")
    check_available("sim")


def test_pages_need_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("Xlib", reason="needs real programs: python-xlib")
    monkeypatch.setattr("hrlctl.desktop.x11.session.check_requirements", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    check_available("x11", [Setup()])
    with pytest.raises(DesktopUnavailableError, match="browser"):
        check_available("x11", [Setup(pages=(PageSetup(address="kelp.org", title="Kelp"),))])


def test_windows_are_told_apart_by_their_class() -> None:
    for kind, programs in PROGRAMS.items():
        for program in programs:
            assert kind_of_window(program.window_class.upper()) == kind
    assert kind_of_window("firefox") is None
