"""The desktop as a whole: icons, start menu, clipboard, menus, determinism, snapshots."""

from __future__ import annotations

import json
import random
from collections import Counter

import numpy as np
import pytest

from hrlctl.desktop.commands import (
    KEYS,
    Click,
    Command,
    Done,
    DoubleClick,
    Drag,
    Press,
    RightClick,
    Scroll,
    TypeText,
    Wait,
)
from hrlctl.desktop.contract import RESTORE, ROLES, SIGNS, Locator
from hrlctl.desktop.sim import SimDesktop
from hrlctl.errors import DesktopError, UsageError
from hrlctl.schema.setup import (
    DialogSetup,
    FieldSetup,
    LauncherSetup,
    Setup,
    Variation,
    WindowSetup,
)

PROGRAMS = Setup(
    launchers=(
        LauncherSetup(name="Calculator", program="calculator"),
        LauncherSetup(name="Editor", program="text_editor"),
        LauncherSetup(name="Hidden", on_desktop=False),
    ),
    distractors=(0, 2),
)
BUSY = Setup(
    launchers=(LauncherSetup(name="Calculator", program="calculator"),),
    windows=(
        WindowSetup(
            title="Form",
            program="form",
            fields=(
                FieldSetup(role="drop_down", name="Color", options=("Red", "Blue")),
                FieldSetup(role="slider", name="Volume"),
                FieldSetup(role="list", name="City", extra_options=9),
            ),
        ),
        WindowSetup(title="Files", program="file_manager"),
        WindowSetup(title="Notes", program="text_editor", text="some words\nof text"),
    ),
    dialogs=(DialogSetup(title="Tip", message="A tip", modal=False),),
    files={"a.txt": "alpha", "Letters/b.txt": "beta"},
    other_files=3,
)


def some_commands(seed: int, count: int, width: int = 160, height: int = 120) -> list[Command]:
    rng = random.Random(seed)
    commands: list[Command] = []
    for _ in range(count):
        x, y = rng.randrange(width), rng.randrange(height)
        commands.append(
            rng.choice(
                [
                    Click(x, y),
                    Click(x, y),
                    DoubleClick(x, y),
                    RightClick(x, y),
                    Drag(x, y, rng.randrange(width), rng.randrange(height)),
                    Scroll(x, y, "down"),
                    Press(rng.choice(KEYS)),
                    TypeText(rng.choice(["word", "12*3=", "two\nlines", "Ca"])),
                    Wait(),
                ]
            )
        )
    return commands


class TestIconsAndStartMenu:
    def test_a_click_selects_and_a_double_click_opens(self, user):
        it = user(PROGRAMS)
        it.click("icon", "Calculator")
        assert "Calculator" not in it.windows
        it.double_click("icon", "Calculator")
        assert it.focused == "Calculator"

    def test_enter_opens_the_selected_icon(self, user):
        it = user(PROGRAMS)
        it.click("icon", "Editor")
        it.press("enter")
        assert it.focused == "Editor"

    def test_a_second_start_raises_the_open_window(self, user):
        it = user(PROGRAMS)
        it.double_click("icon", "Calculator")
        it.click("minimize_button", "Calculator")
        it.double_click("icon", "Calculator")
        assert it.focused == "Calculator"
        assert [title for title in it.windows if title == "Calculator"] == ["Calculator"]

    def test_the_start_menu_opens_programs(self, user):
        it = user(PROGRAMS)
        assert it.find("icon", "Hidden") is None
        it.click("start_button")
        it.click("menu_item", "Hidden")
        assert it.focused == "Hidden"
        assert it.find("menu") is None

    def test_typing_leaves_what_begins_with_it_and_enter_opens(self, user):
        it = user(PROGRAMS)
        it.press("super")
        it.type("edit")
        assert it.find("menu_item", "Calculator") is None
        it.press("enter")
        assert it.focused == "Editor"

    def test_enter_opens_nothing_before_something_was_chosen(self, user):
        it = user(PROGRAMS)
        before = set(it.windows)
        it.press("super", "enter")
        it.type("qqq")
        it.press("enter")
        assert set(it.windows) == before
        it.press(*["backspace"] * 3, "down", "enter")
        assert len(it.windows) == len(before) + 1

    def test_super_escape_and_a_click_elsewhere_close_the_menu(self, user):
        it = user(PROGRAMS)
        for close in (
            lambda: it.press("super"),
            lambda: it.press("escape"),
            lambda: it.click("desktop"),
            lambda: it.click("start_button"),
        ):
            it.press("super")
            assert it.find("menu") is not None
            close()
            assert it.find("menu") is None

    def test_arrow_keys_choose_in_the_menu(self, user):
        it = user(PROGRAMS)
        it.press("super")
        third = it.desktop.session.popup.labels()[2]
        it.press("down", "down", "down", "up", "down", "enter")
        assert it.focused == third

    def test_the_menu_of_an_icon_opens_it(self, user):
        it = user(PROGRAMS)
        it.right_click("icon", "Editor")
        it.click("menu_item", "Open")
        assert it.focused == "Editor"

    def test_an_icon_is_dragged_to_a_free_place(self, user):
        it = user(PROGRAMS, size=(320, 240))
        x, y = it.point("icon", "Calculator")
        shell = it.desktop.session.shell
        free = next(
            cell
            for cell in shell.cells
            if shell.icon_at(cell.x, cell.y) is None
            and it.desktop.session.manager.at(cell.x + 9, cell.y + 9) is None
        )
        it.drag((x, y), free.x + 9 - x, free.y + 9 - y)
        assert it.find("icon", "Calculator") == free


class TestClipboard:
    def test_text_moves_between_windows(self, user):
        setup = Setup(
            windows=(
                WindowSetup(title="One", program="text_editor", text="carry me"),
                WindowSetup(title="Two", program="text_editor"),
            ),
            distractors=(0, 0),
        )
        it = user(setup)
        it.click("taskbar_button", "One")
        it.press("ctrl+a", "ctrl+c")
        assert it.desktop.state().clipboard == "carry me"
        it.click("taskbar_button", "Two")
        it.press("ctrl+v")
        assert it.widget("Text", "Two").value == "carry me"

    def test_the_context_menu_cuts_and_pastes(self, user):
        fields = (FieldSetup(role="text_field", name="Nick", value="abc"),)
        window = WindowSetup(title="Form", program="form", fields=fields)
        it = user(Setup(windows=(window,), distractors=(0, 0)))
        it.double_click("text_field", "Nick")
        it.right_click("text_field", "Nick")
        it.click("menu_item", "Cut")
        assert it.widget("Nick").value == ""
        it.right_click("text_field", "Nick")
        it.click("menu_item", "Paste")
        it.press("ctrl+v")
        assert it.widget("Nick").value == "abcabc"
        it.press("ctrl+z")
        assert it.widget("Nick").value == "abc"

    def test_the_setup_fills_the_clipboard(self, user):
        assert user(Setup(clipboard="from before")).desktop.state().clipboard == "from before"


class TestDeterminism:
    @pytest.mark.parametrize("seed", range(4))
    def test_same_seed_and_commands_same_pixels(self, seed):
        first, second = SimDesktop(), SimDesktop()
        second.reset(PROGRAMS, 99)  # what was before leaves no trace
        for desktop in (first, second):
            desktop.reset(BUSY, seed)
        for command in some_commands(seed, 40):
            first.perform(command)
            second.perform(command)
            assert (first.capture() == second.capture()).all()
            assert first.state().windows == second.state().windows

    def test_other_seeds_look_different(self):
        desktop = SimDesktop()
        screens = set()
        for seed in range(10):
            desktop.reset(PROGRAMS, seed)
            screens.add(desktop.capture().tobytes())
        assert len(screens) == 10

    def test_only_what_changed_is_drawn_and_that_is_enough(self):
        """After every command the screen is what painting all of it from nothing gives."""
        piecewise, whole = SimDesktop(), SimDesktop()
        for seed in range(3):
            commands = some_commands(seed + 50, 30)
            piecewise.reset(BUSY, seed)
            for index, command in enumerate(commands):
                piecewise.perform(command)
                seen = piecewise.capture()
                if index % 5 == 0:
                    whole.reset(BUSY, seed)
                    for earlier in commands[: index + 1]:
                        whole.perform(earlier)
                    assert (whole.capture() == seen).all(), command


class TestSnapshots:
    @pytest.mark.parametrize("seed", range(3))
    def test_a_restored_desktop_goes_on_exactly(self, seed):
        original, other = SimDesktop(), SimDesktop()
        original.reset(BUSY, seed)
        for command in some_commands(seed, 15):
            original.perform(command)
        snapshot = json.loads(json.dumps(original.snapshot()))
        other.restore(snapshot)
        for command in some_commands(seed + 1, 15):
            assert (other.capture() == original.capture()).all()
            assert other.cursor == original.cursor
            assert other.state().widgets == original.state().widgets
            original.perform(command)
            other.perform(command)

    def test_a_snapshot_does_not_change_afterwards(self):
        desktop = SimDesktop()
        desktop.reset(PROGRAMS, 5)
        before = desktop.capture().copy()
        snapshot = desktop.snapshot()
        desktop.perform(Press("super"))
        desktop.restore(snapshot)
        assert (desktop.capture() == before).all()

    def test_another_size_is_refused(self):
        desktop = SimDesktop()
        desktop.reset(PROGRAMS, 5)
        with pytest.raises(DesktopError):
            SimDesktop(320, 240).restore(desktop.snapshot())


class TestCommands:
    def test_waiting_and_done_change_nothing(self):
        desktop = SimDesktop()
        desktop.reset(BUSY, 1)
        before = desktop.capture().copy()
        for command in (Wait(), Done()):
            desktop.perform(command)
            assert (desktop.capture() == before).all()

    @pytest.mark.parametrize("size", [(128, 96), (160, 120), (161, 131), (320, 240), (640, 480)])
    def test_any_command_anywhere_on_any_size(self, size):
        desktop = SimDesktop(*size)
        for seed in range(4):
            desktop.reset(BUSY, seed)
            for command in some_commands(seed, 25, *size):
                desktop.perform(command)
                assert desktop.capture().shape == (size[1], size[0], 3)
                work = desktop.session.work_area
                for window in desktop.session.manager.stack:
                    assert work.x <= window.area.x
                    assert window.area.right <= work.right
                    assert work.y <= window.area.y
                    assert window.area.bottom <= work.bottom

    def test_the_pointer_follows_and_is_not_captured(self):
        desktop = SimDesktop()
        desktop.reset(Setup(distractors=(0, 0), icons=0), 1)
        desktop.perform(Click(40, 50))
        first = desktop.capture().copy()
        picture = desktop.render(1)
        desktop.perform(Click(90, 70))
        assert desktop.cursor == (90, 70)
        assert (desktop.capture() == first).all()
        assert (picture != first).any()
        assert desktop.render(3).shape == (360, 480, 3)

    def test_sizes_outside_the_range_are_refused(self):
        with pytest.raises(UsageError):
            SimDesktop(100, 80)

    def test_use_before_reset_is_an_error(self):
        with pytest.raises(DesktopError):
            SimDesktop().capture()


class TestAnnotation:
    def test_each_cell_says_what_a_click_there_would_reach(self):
        desktop = SimDesktop()
        for seed in range(6):
            desktop.reset(BUSY, seed)
            roles, letters = desktop.annotate(15, 20)
            assert roles.shape == (15, 20)
            assert letters.shape == (15, 40)
            for role, label in (
                ("close_button", "Notes"),
                ("icon", "Calculator"),
                ("taskbar_button", "Form"),
                ("start_button", "Start"),
                ("button", "OK"),
            ):
                rect = desktop.locate(Locator(role, label))
                for row in range(15):
                    for column in range(20):
                        if rect is not None and rect.contains(8 * column + 4, 8 * row + 4):
                            assert ROLES[roles[row, column]] == role

    def test_letters_stand_where_they_are_read(self):
        desktop = SimDesktop()
        for seed in range(12):
            desktop.reset(BUSY, seed)
            letters = desktop.annotate(15, 20).letters
            lines = ["".join(map(chr, row)).replace("\0", " ") for row in letters.tolist()]
            for role, label in (("icon", "Calculator"), ("taskbar_button", "Form")):
                rect = desktop.locate(Locator(role, label))
                if rect is None:
                    continue
                rows = range(rect.y // 8, -(-rect.bottom // 8))
                found = [lines[r][rect.x // 4 : -(-rect.right // 4)].split() for r in rows]
                # Each letter is as often there as it is half cells wide: the first one always.
                words = ["".join(dict.fromkeys(word)) for words in found for word in words]
                assert any(word[:2] == label[:2] or word[:1] == label[:1] for word in words)

    def test_signs_on_title_bars_are_read_like_letters(self):
        desktop = SimDesktop()
        found = Counter[str]()
        for seed in range(12):
            desktop.reset(BUSY, seed)
            notes = desktop.session.manager.titled("Notes")
            for _ in range(2):
                desktop.capture()
                letters = desktop.annotate(15, 20).letters
                for role, sign in SIGNS.items():
                    rect = desktop.locate(Locator(role, "Notes"))
                    if rect is None or min(rect.width, rect.height) < 9:  # partly covered
                        continue
                    if notes.is_maximized and role == "maximize_button":
                        sign = RESTORE
                    rows = slice(rect.y // 8, -(-rect.bottom // 8))
                    assert ord(sign) in letters[rows, rect.x // 4 : -(-rect.right // 4)]
                    found[sign] += 1
                button = desktop.locate(Locator("maximize_button", "Notes"))
                if button is not None:
                    desktop.perform(Click(button.x + button.width // 2, button.y + 5))
        assert len(found) == 4

    def test_what_is_covered_is_not_read(self):
        desktop = SimDesktop()
        desktop.reset(Setup.model_validate({"windows": [{"title": "Wxyz"}]}), 0)

        def shown() -> str:
            letters = desktop.annotate(15, 20).letters
            work = letters[2:-2]  # without the taskbar
            return "".join(map(chr, work.flatten().tolist()))

        assert "W" in shown()
        rect = desktop.locate(Locator("minimize_button", "Wxyz"))
        assert rect is not None
        desktop.perform(Click(rect.x + rect.width // 2, rect.y + rect.height // 2))
        assert "W" not in shown()

    def test_it_follows_changes(self):
        desktop = SimDesktop()
        desktop.reset(PROGRAMS, 3)
        before = desktop.annotate(15, 20).looks.copy()
        desktop.perform(Press("super"))
        after = desktop.annotate(15, 20)
        assert (before != after.looks).any()
        assert ROLES.index("menu_item") in np.unique(after.looks)


class TestVariation:
    def test_training_and_held_out_never_share_a_look(self):
        def looks(variation: Variation) -> set[tuple[str, ...]]:
            desktop = SimDesktop()
            themes = set()
            for seed in range(60):
                desktop.reset(Setup(variation=variation, distractors=(0, 1)), seed)
                themes.add(desktop.session.theme.name.split("/")[0])
            return themes

        training = looks(Variation())
        held_out = looks(Variation(held_out_themes=True))
        assert len(training) >= 6
        assert len(held_out) == 2
        assert not training & held_out

    def test_drawn_names_are_unique_and_never_begin_like_the_tasks(self):
        desktop = SimDesktop()
        setup = Setup(launchers=(LauncherSetup(name="Ma"), LauncherSetup(name="Notebook")))
        for seed in range(60):
            desktop.reset(setup, seed)
            names = [icon.launcher.name.lower() for icon in desktop.session.shell.icons]
            assert len(set(names)) == len(names)
            for name in names:
                assert name == "ma" or not name.startswith("ma")
                assert name == "notebook" or not "notebook".startswith(name)
