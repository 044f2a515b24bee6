"""The file manager does what a person expects of one, by mouse and by keyboard."""

from __future__ import annotations

import pytest

from hrlctl.desktop.commands import Click, Drag, RightClick
from hrlctl.desktop.contract import LOOKS, Locator
from hrlctl.desktop.sim import SimDesktop, episode
from hrlctl.desktop.sim.themes import THEMES
from hrlctl.schema.setup import LauncherSetup, Setup, WindowSetup

FILES = {
    "a.txt": "alpha",
    "b.txt": "beta",
    "photo.png": "",
    "Letters/old.txt": "dear",
    "Letters/Old/x.txt": "x",
}


def setup(**more: object) -> Setup:
    window = WindowSetup(title="Files", program="file_manager")
    values = {"windows": (window,), "files": FILES, "folders": ("Empty",), "distractors": (0, 0)}
    return Setup.model_validate({**values, **more})


@pytest.fixture
def it(user):
    return user(setup())


def entries(it) -> list[str]:
    """What the list shows, top to bottom."""
    window = it.desktop.session.manager.titled("Files")
    return [part.label for part in window.parts() if part.role == "list_item"]


def directory(it) -> str:
    return it.desktop.state().directories["Files"]


def files(it) -> set[str]:
    return set(it.desktop.state().files)


def double_click(it, name: str) -> None:
    it.double_click("list_item", name)


class TestGoing:
    def test_a_folder_opens_by_double_click_and_by_enter(self, it):
        assert entries(it) == ["Empty", "Letters", "a.txt", "b.txt", "photo.png"]
        double_click(it, "Letters")
        assert directory(it) == "Letters"
        assert entries(it) == ["Old", "old.txt"]
        it.press("down", "enter")
        assert directory(it) == "Letters/Old"
        assert it.widget("Address").value == "~/Letters/Old"

    @pytest.mark.parametrize("way", ["button", "key"])
    def test_up_marks_where_one_comes_from(self, it, way):
        double_click(it, "Letters")
        double_click(it, "Old")
        for expected, marked in (("Letters", "Old"), ("", "Letters"), ("", "Letters")):
            if way == "button":
                it.click("button", "Up")
            else:
                it.press("backspace")
            assert directory(it) == expected
            assert it.widget("Files").value == marked

    @pytest.mark.parametrize("typed", ["Letters/Old", "~/Letters/Old", "/Letters/Old/"])
    def test_an_address_is_typed(self, it, typed):
        it.click("text_field", "Address")
        assert it.focused_widget == "Address"
        it.type(typed)
        it.press("enter")
        assert directory(it) == "Letters/Old"
        assert it.focused_widget == "Files"

    def test_a_second_click_into_the_address_sets_the_caret(self, it):
        double_click(it, "Letters")
        for count, expected in ((1, "Z"), (2, "~/LettersZ")):
            for _ in range(count):
                it.click("text_field", "Address")
            it.press(*["end"] * (count - 1))
            it.type("Z")
            assert it.widget("Address").value == expected
            it.press("escape")

    @pytest.mark.parametrize("typed", ["Nowhere", "../..", "a.txt"])
    def test_an_address_that_is_no_folder_is_said(self, it, typed):
        it.click("text_field", "Address")
        it.type(typed)
        it.press("enter")
        assert it.focused == "Not possible"
        it.press("enter")
        assert directory(it) == ""
        it.press("escape")
        assert it.widget("Address").value == "~"

    def test_a_text_opens_in_an_editor_once(self, it):
        double_click(it, "a.txt")
        assert it.focused == "a.txt"
        assert it.widget("Text", "a.txt").value == "alpha"
        it.click("taskbar_button", "Files")
        it.press("enter")
        assert list(it.windows).count("a.txt") == 1
        it.press("end")
        it.type("!")
        it.press("ctrl+s")
        assert it.desktop.state().files["a.txt"] == "alpha!"

    def test_what_no_program_opens_is_said(self, it):
        double_click(it, "photo.png")
        assert it.focused == "Not possible"

    def test_typing_selects_and_arrows_move(self, it):
        it.type("b.t")
        assert it.widget("Files").value == "b.txt"
        it.press("up")
        assert it.widget("Files").value == "a.txt"
        it.press("end")
        assert it.widget("Files").value == "photo.png"

    def test_more_than_fits_scrolls(self, user):
        it = user(setup(files={f"n{number:02}.txt": "" for number in range(30)}))
        assert it.find("list_item", "n25.txt") is None
        for _ in range(9):
            it.scroll_down("list", "Files")
        assert it.find("list_item", "n25.txt") is not None
        it.press("home", "f2")
        assert it.find("text_field", "Name") is not None

    def test_a_launcher_starts_one_at_its_folder(self, user):
        launcher = LauncherSetup(name="Post", program="file_manager", path="Letters")
        it = user(setup(windows=(), launchers=(launcher,)))
        it.double_click("icon", "Post")
        assert it.desktop.state().directories == {"Post": "Letters"}


class TestRenaming:
    @pytest.mark.parametrize("way", ["key", "menu"])
    def test_the_new_name_is_typed_in_place(self, it, way):
        if way == "key":
            it.click("list_item", "a.txt")
            it.press("f2")
        else:
            it.right_click("list_item", "a.txt")
            it.click("menu_item", "Rename")
        assert it.widget("Name").value == "a.txt"
        it.type("z.txt")
        it.press("enter")
        assert it.desktop.state().files["z.txt"] == "alpha"
        assert "a.txt" not in files(it)
        assert it.widget("Files").value == "z.txt"
        assert it.focused_widget == "Files"

    @pytest.mark.parametrize("leave", ["escape", "click", "button"])
    def test_only_enter_takes_the_new_name(self, it, leave):
        it.click("list_item", "a.txt")
        it.press("f2")
        it.type("z.txt")
        if leave == "escape":
            it.press("escape")
        elif leave == "click":
            it.click("list_item", "photo.png")
        else:
            it.click("button", "Up")
        assert files(it) == set(FILES)
        assert it.find("text_field", "Name") is None

    def test_a_taken_name_is_refused_and_can_be_mended(self, it):
        it.click("list_item", "a.txt")
        it.press("f2")
        it.type("b.txt")
        it.press("enter")
        assert it.focused == "Not possible"
        it.press("enter")
        it.press("ctrl+a")
        it.type("c.txt")
        it.press("enter")
        assert {"b.txt", "c.txt"} <= files(it)

    def test_nothing_selected_nothing_renamed(self, it):
        it.press("f2")
        assert it.find("text_field", "Name") is None

    def test_the_field_covers_the_name_and_is_read_instead(self, it):
        it.click("list_item", "photo.png")
        it.press("f2")
        it.type("m")
        field = it.find("text_field", "Name")
        it.desktop.capture()
        grid = it.desktop.annotate(15, 20)
        row, column = (field.y + field.height // 2) // 8, field.x // 8 + 4
        assert LOOKS[grid.looks[row, column]] == "marked text_field"
        assert not grid.letters[row, 2 * column : 2 * column + 6].any()


class TestFolders:
    @pytest.mark.parametrize("way", ["button", "menu"])
    def test_a_new_folder_is_named_at_once(self, it, way):
        double_click(it, "Empty")
        if way == "button":
            it.click("button", "New folder")
        else:
            it.right_click("list", "Files")
            it.click("menu_item", "New folder")
        it.type("Plans")
        it.press("enter")
        assert "Empty/Plans" in it.desktop.state().folders
        assert "Empty/New folder" not in it.desktop.state().folders
        it.press("enter")
        assert directory(it) == "Empty/Plans"

    @pytest.mark.parametrize("answer", ["Delete", "Cancel"])
    def test_deleting_asks_first(self, it, answer):
        it.click("list_item", "Letters")
        it.press("delete")
        assert it.focused == "Delete"
        it.click("button", answer, "Delete")
        assert ("Letters/Old/x.txt" in files(it)) is (answer == "Cancel")
        assert ("Letters" in entries(it)) is (answer == "Cancel")

    def test_a_folder_that_is_gone_is_left(self, user):
        second = WindowSetup(title="Inside", program="file_manager", path="Letters/Old")
        it = user(setup(windows=(second, *setup().windows)))
        it.click("list_item", "Letters", "Files")
        it.press("delete", "enter")
        assert it.desktop.state().directories == {"Inside": "", "Files": ""}


class TestMoving:
    def test_cut_and_paste_by_keys(self, it):
        it.click("list_item", "a.txt")
        it.press("ctrl+x")
        double_click(it, "Letters")
        it.press("ctrl+v")
        assert it.desktop.state().files["Letters/a.txt"] == "alpha"
        assert "a.txt" not in files(it)
        it.press("ctrl+v")  # nothing is left to paste
        assert files(it) == {"Letters/a.txt", *FILES} - {"a.txt"}

    def test_copy_and_paste_by_menus(self, it):
        it.right_click("list_item", "b.txt")
        it.click("menu_item", "Copy")
        assert it.desktop.state().clipboard == "b.txt"
        double_click(it, "Empty")
        it.right_click("list", "Files")
        it.click("menu_item", "Paste")
        assert {"b.txt", "Empty/b.txt"} <= files(it)
        assert it.widget("Files").value == "b.txt"

    def test_a_text_that_was_copied_since_is_no_file(self, it):
        it.click("list_item", "a.txt")
        it.press("ctrl+x")
        it.press("enter", "ctrl+a", "ctrl+c", "alt+f4", "ctrl+v")
        assert files(it) == set(FILES)

    def test_what_was_cut_looks_faint(self, it):
        it.click("list_item", "a.txt")
        before = it.screen()
        it.press("ctrl+c")
        assert (it.screen() == before).all()
        it.press("ctrl+x")
        assert (it.screen() != before).any()

    def test_a_drag_onto_a_folder_moves(self, it):
        start, end = it.point("list_item", "a.txt"), it.point("list_item", "Letters")
        it.desktop.perform(Drag(*start, *end))
        assert "Letters/a.txt" in files(it)
        start, end = it.point("list_item", "b.txt"), it.point("list_item", "photo.png")
        it.desktop.perform(Drag(*start, *end))
        assert {"b.txt", "photo.png"} <= files(it)

    def test_a_drag_into_another_window_moves(self, user):
        letters = WindowSetup(title="Letters", program="file_manager", path="Letters")
        it = user(setup(windows=(letters, *setup().windows)), size=(320, 240))
        start, end = it.point("list_item", "a.txt", "Files"), it.point("list", "Files", "Letters")
        it.desktop.perform(Drag(*start, *end))
        assert "Letters/a.txt" in files(it)

    def test_a_taken_name_is_said_and_nothing_is_lost(self, user):
        it = user(setup(files={**FILES, "Letters/a.txt": "other"}))
        it.click("list_item", "a.txt")
        it.press("ctrl+x")
        double_click(it, "Letters")
        it.press("ctrl+v")
        assert it.focused == "Not possible"
        state = it.desktop.state().files
        assert (state["a.txt"], state["Letters/a.txt"]) == ("alpha", "other")

    def test_a_file_saved_elsewhere_appears(self, it):
        double_click(it, "a.txt")
        it.press("ctrl+n")
        it.type("new")
        it.press("ctrl+s")
        it.type("Letters/saved.txt")
        it.press("enter")
        it.click("taskbar_button", "Files")
        double_click(it, "Letters")
        assert "saved.txt" in entries(it)


def test_drawn_files_are_in_every_folder_and_never_named_like_the_tasks():
    desktop = SimDesktop()
    for seed in range(40):
        desktop.reset(setup(other_files=4, reserved_names=("Report",)), seed)
        state = desktop.state()
        drawn = [path for path in state.files if path not in FILES]
        assert all(not path.rpartition("/")[2].startswith("report") for path in drawn)
        for folder in ("", "Empty", "Letters", "Letters/Old"):
            own = desktop.session.files.entries(folder)
            assert len({entry.name.lower() for entry in own}) == len(own) >= 4


def test_the_menu_belongs_to_what_is_under_the_pointer(user):
    it = user(setup())
    it.click("list_item", "a.txt")
    it.desktop.perform(RightClick(*it.point("list_item", "b.txt")))
    assert it.widget("Files").value == "b.txt"
    it.press("escape")
    area = it.find("list", "Files")
    it.desktop.perform(RightClick(area.x + area.width // 2, area.bottom - 3))
    assert it.find("menu_item", "Paste") is not None
    assert it.find("menu_item", "Rename") is None


@pytest.mark.parametrize("name", THEMES)
def test_all_of_it_can_be_reached_in_every_theme(name, monkeypatch):
    monkeypatch.setattr(episode, "themes", lambda held_out: (THEMES[name],))
    desktop = SimDesktop()
    for seed in range(4):
        desktop.reset(setup(), seed)
        for role, label in (
            ("button", "Up"),
            ("button", "New folder"),
            ("text_field", "Address"),
            *(("list_item", entry.name) for entry in desktop.session.files.entries("")),
        ):
            rect = desktop.locate(Locator(role, label, "Files"))
            assert rect is not None, (role, label)
            assert rect.width >= 8
            assert rect.height >= 8
        rect = desktop.locate(Locator("list_item", "b.txt", "Files"))
        desktop.perform(Click(rect.x + 4, rect.y + 4))
        assert [w.value for w in desktop.state().widgets if w.name == "Files"] == ["b.txt"]
