"""Real programs are seen, operated and reset as the contract of desktops says."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest

from hrlctl.desktop.commands import Click, DoubleClick, Press, TypeText, Wait
from hrlctl.desktop.contract import Desktop, Locator, WindowState
from hrlctl.errors import TaskError
from hrlctl.schema.setup import DialogSetup, ProgramKind, Setup, Variation, WindowSetup

from .conftest import middle
from .test_processes import wait_for

pytestmark = pytest.mark.x11

EDITOR = Setup(windows=(WindowSetup(title="Editor", program="text_editor"),))
LETTERS = (
    string.ascii_letters
    + string.digits
    + string.punctuation
    + "äöüßéèñçåøÆ"
    + "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΩ"
    + "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГД"
    + "日本語漢字中文한국어ひらがな€→½"
)


def windows(desktop: Desktop) -> tuple[WindowState, ...]:
    found = desktop.state().windows
    assert isinstance(found, tuple)
    return found


def typed(desktop: Desktop) -> str:
    """What stands in the editor, by copying all of it."""
    desktop.perform(Press("ctrl+a"))
    desktop.perform(Press("ctrl+c"))
    text = desktop.state().clipboard
    assert isinstance(text, str)
    return text


def test_an_icon_opens_its_program_and_the_screen_shows_it(desktop: Desktop) -> None:
    desktop.reset(Setup(), 1)
    before = desktop.capture().copy()
    assert before.shape == (240, 320, 3)
    assert before.dtype == np.uint8
    assert windows(desktop) == ()
    desktop.perform(DoubleClick(*middle(desktop, Locator("icon", "Calculator"))))
    (window,) = windows(desktop)
    assert window.program == "calculator"
    assert window.is_focused
    assert (desktop.capture() != before).any(axis=2).mean() > 0.1


def test_clicks_of_two_steps_are_no_double_click(desktop: Desktop) -> None:
    desktop.reset(Setup(), 1)
    place = middle(desktop, Locator("icon", "Calculator"))
    for _ in range(3):
        desktop.perform(Click(*place))
    assert windows(desktop) == ()
    desktop.perform(DoubleClick(*place))
    assert len(windows(desktop)) == 1


def test_what_a_dialog_is_told_to_do_is_done_after_the_step(desktop: Desktop) -> None:
    desktop.reset(EDITOR, 11)
    for command in (Press("ctrl+s"), TypeText("new.txt"), Press("enter")):
        desktop.perform(command)
    assert desktop.state().files == {"new.txt": ""}
    assert [window.is_dialog for window in windows(desktop)] == [False]


def test_the_menu_opens_programs_and_the_panel_brings_them_back(desktop: Desktop) -> None:
    desktop.reset(Setup(), 2)
    desktop.perform(Click(*middle(desktop, Locator("start_button"))))
    desktop.perform(Click(*middle(desktop, Locator("menu_item", "Terminal"))))
    desktop.perform(Click(*middle(desktop, Locator("minimize_button", "Terminal"))))
    assert windows(desktop)[0].is_minimized
    title = windows(desktop)[0].title
    desktop.perform(Click(*middle(desktop, Locator("taskbar_button", title))))
    assert not windows(desktop)[0].is_minimized
    desktop.perform(Click(*middle(desktop, Locator("maximize_button", "Terminal"))))
    assert windows(desktop)[0].is_maximized
    desktop.perform(Click(*middle(desktop, Locator("close_button", "Terminal"))))
    assert windows(desktop) == ()


def test_every_printable_ascii_character_arrives(desktop: Desktop) -> None:
    desktop.reset(EDITOR, 3)
    text = string.printable[:95]
    desktop.perform(TypeText(text))
    assert typed(desktop) == text


def test_unicode_arrives_as_typed_and_shortcuts_still_work(desktop: Desktop) -> None:
    desktop.reset(EDITOR, 4)
    rng = random.Random(5)
    lines = ["".join(rng.choices(LETTERS, k=rng.randint(1, 12))) for _ in range(200)]
    for start in range(0, len(lines), 10):
        desktop.perform(TypeText("\n".join(lines[start : start + 10]) + "\n"))
    assert typed(desktop).split("\n")[:-1] == lines
    desktop.perform(Press("ctrl+s"))
    assert any("Save" in window.title for window in windows(desktop))


def test_pasting_leaves_the_clipboard_as_it_was(desktop: Desktop) -> None:
    desktop.reset(EDITOR.model_copy(update={"clipboard": "kept"}), 5)
    desktop.perform(TypeText("日本"))
    assert desktop.state().clipboard == "kept"
    desktop.perform(Press("ctrl+v"))
    assert typed(desktop) == "日本kept"


def test_a_calculator_that_ignores_fast_keys_gets_them_all(desktop: Desktop) -> None:
    desktop.reset(Setup(windows=(WindowSetup(title="c", program="calculator"),)), 6)
    desktop.perform(TypeText("1177+33"))
    desktop.perform(Press("enter"))
    desktop.perform(Press("ctrl+c"))
    assert desktop.state().clipboard == "1210"


def test_nothing_of_an_episode_is_left_in_the_next(desktop: Desktop) -> None:
    setup = Setup(files={"Documents/a.txt": "one"}, folders=("Box",))
    desktop.reset(setup, 7)
    first = desktop.capture().copy()
    state = desktop.state()
    assert state.files == {"Documents/a.txt": "one"}
    assert {"Documents", "Box"} <= set(state.folders)  # type: ignore[arg-type]
    desktop.perform(DoubleClick(*middle(desktop, Locator("icon", "Terminal"))))
    desktop.perform(TypeText("echo two > b.txt; rm -r Documents; sleep 99 &\n"))
    desktop.perform(Wait())
    assert desktop.state().files == {"b.txt": "two\n"}
    desktop.reset(setup, 7)
    assert desktop.state().files == {"Documents/a.txt": "one"}
    assert windows(desktop) == ()
    assert desktop.state().clipboard == ""
    np.testing.assert_array_equal(desktop.capture(), first)


def test_seeds_and_held_out_variations_look_different(desktop: Desktop) -> None:
    held_out = Setup(variation=Variation(held_out_themes=True, held_out_layouts=True))
    screens = []
    for setup, seed in ((Setup(), 8), (Setup(), 9), (held_out, 8)):
        desktop.reset(setup, seed)
        screens.append(desktop.capture().copy())
    assert not np.array_equal(screens[0], screens[1])
    assert not np.array_equal(screens[0], screens[2])


def test_a_file_manager_says_which_folder_it_shows(desktop: Desktop) -> None:
    for path in (None, "Downloads"):
        window = WindowSetup(title="f", program="file_manager", path=path)
        desktop.reset(Setup(windows=(window,), folders=("Downloads",)), 10)
        shown = desktop.state().directories
        assert list(shown.values()) == [path or ""]  # type: ignore[union-attr]
    for command in (Press("ctrl+l"), TypeText("~/Documents"), Press("enter")):
        desktop.perform(command)
    assert list(desktop.state().directories.values()) == ["Documents"]  # type: ignore[union-attr]


def test_a_setup_that_only_the_simulator_has_is_refused(desktop: Desktop) -> None:
    with pytest.raises(TaskError, match="dialogs"):
        desktop.reset(Setup(dialogs=(DialogSetup(title="Really?"),)), 0)


def test_a_first_screen_with_a_pop_up_is_thrown_away_and_told(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desktop.session  # type: ignore[attr-defined]
    ready = session.wait_for_bus

    def pop_up() -> None:
        monkeypatch.undo()
        ready()
        session.start(["xterm"])
        assert wait_for(lambda: windows_now() != ())

    def windows_now() -> tuple[WindowState, ...]:
        desktop.look_again()  # type: ignore[attr-defined]
        return windows(desktop)

    monkeypatch.setattr(session, "wait_for_bus", pop_up)
    desktop.reset(Setup(), 13)
    assert windows(desktop) == ()
    (reason,) = desktop.take_discarded()
    assert "pops up" in reason
    desktop.reset(Setup(), 13)
    assert desktop.take_discarded() == []


def test_alt_tab_goes_to_the_window_before_and_back(desktop: Desktop) -> None:
    kinds: tuple[ProgramKind, ...] = ("calculator", "text_editor", "terminal")
    desktop.reset(Setup(windows=tuple(WindowSetup(title=k, program=k) for k in kinds)), 12)
    focused = []
    for _ in range(4):
        focused += [window.program for window in windows(desktop) if window.is_focused]
        desktop.perform(Press("alt+tab"))
    assert focused == ["terminal", "text_editor", "terminal", "text_editor"]
