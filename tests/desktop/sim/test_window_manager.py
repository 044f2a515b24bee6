"""What any window manager must do, asked of the simulated one."""

from __future__ import annotations

import pytest

from hrlctl.desktop.commands import DoubleClick
from hrlctl.desktop.contract import Rect
from hrlctl.schema.setup import DialogSetup, FieldSetup, Setup, WindowSetup

TWO = Setup(
    windows=(WindowSetup(title="Lower"), WindowSetup(title="Upper")), distractors=(0, 0), icons=12
)
EDITOR = Setup(
    windows=(WindowSetup(title="Notes", program="text_editor", text="unsaved"),),
    distractors=(0, 0),
)
DIALOG = Setup(
    windows=(WindowSetup(title="Behind"),),
    dialogs=(DialogSetup(title="Question", message="Go on?", buttons=("Yes", "No", "Cancel")),),
    distractors=(0, 0),
)


class TestFocusAndStacking:
    def test_the_topmost_window_has_the_focus_at_first(self, user):
        assert user(TWO).focused == "Upper"

    def test_a_click_raises_and_focuses(self, user):
        it = user(TWO)
        it.click("title_bar", "Lower")
        assert list(it.windows) == ["Upper", "Lower"]
        assert it.focused == "Lower"

    def test_only_one_window_has_the_focus(self, user):
        it = user(TWO)
        it.click("title_bar", "Lower")
        assert sum(window.is_focused for window in it.windows.values()) == 1

    def test_the_desktop_takes_the_focus_from_all_windows(self, user):
        it = user(TWO)
        it.click("desktop")
        assert it.focused is None

    def test_a_raised_window_covers_what_was_above_it(self, user):
        it = user(TWO)
        start = it.point("title_bar", "Upper")
        goal = it.point("title_bar", "Lower")
        it.drag(start, goal[0] - start[0], goal[1] - start[1])
        assert it.find("close_button", "Upper") is not None
        it.click("taskbar_button", "Lower")
        covered = it.desktop.session.manager.titled("Upper").area
        covering = it.desktop.session.manager.titled("Lower").area
        assert it.find("title_bar", "Lower") is not None
        seen = it.find("window", "Upper")
        assert seen is None or not _overlap(seen, covering)
        assert _overlap(covered, covering)

    def test_alt_tab_goes_to_the_window_before_and_back(self, user):
        it = user(TWO)
        it.press("alt+tab")
        assert it.focused == "Lower"
        it.press("alt+tab")
        assert it.focused == "Upper"

    def test_clicks_on_a_window_do_not_reach_what_is_below(self, user):
        setup = Setup(windows=(WindowSetup(title="Full", state="maximized"),), distractors=(0, 0))
        it = user(setup)
        assert all(it.find("icon", icon.launcher.name) is None
                   for icon in it.desktop.session.shell.icons)  # fmt: skip
        for x in range(4, 160, 8):
            it.desktop.perform(_double(x, 60))
        assert list(it.windows) == ["Full"]


class TestChangesOfState:
    def test_minimise_hides_and_passes_the_focus_on(self, user):
        it = user(TWO)
        it.click("minimize_button", "Upper")
        assert it.windows["Upper"].is_minimized
        assert it.focused == "Lower"
        assert it.find("title_bar", "Upper") is None

    def test_a_taskbar_button_restores_raises_and_minimises(self, user):
        it = user(TWO)
        it.click("taskbar_button", "Upper")
        assert it.windows["Upper"].is_minimized
        it.click("taskbar_button", "Upper")
        assert not it.windows["Upper"].is_minimized
        assert it.focused == "Upper"
        it.click("taskbar_button", "Lower")
        assert it.focused == "Lower"

    def test_maximise_fills_the_screen_beside_the_taskbar_and_goes_back(self, user):
        it = user(TWO)
        before = it.find("title_bar", "Upper")
        it.click("maximize_button", "Upper")
        assert it.windows["Upper"].is_maximized
        assert it.find("taskbar_button", "Lower") is not None
        assert it.find("title_bar", "Lower") is None
        it.click("maximize_button", "Upper")
        assert it.find("title_bar", "Upper") == before

    def test_double_click_on_the_title_bar_maximises(self, user):
        it = user(TWO)
        it.double_click("title_bar", "Upper")
        assert it.windows["Upper"].is_maximized
        it.double_click("title_bar", "Upper")
        assert not it.windows["Upper"].is_maximized

    def test_close(self, user):
        it = user(TWO)
        it.click("close_button", "Upper")
        assert list(it.windows) == ["Lower"]
        assert it.focused == "Lower"
        assert it.find("taskbar_button", "Upper") is None

    def test_alt_f4_closes_the_focused_window(self, user):
        it = user(TWO)
        it.press("alt+f4")
        assert list(it.windows) == ["Lower"]

    def test_the_window_menu_closes(self, user):
        it = user(TWO)
        it.right_click("title_bar", "Upper")
        it.click("menu_item", "Close")
        assert list(it.windows) == ["Lower"]


class TestDragging:
    def test_the_title_bar_moves_the_window(self, user):
        it = user(TWO)
        area = it.desktop.session.manager.titled("Upper").area
        way = (-9 if area.x > 20 else 9, -9 if area.y > 30 else 9)
        it.drag(it.point("title_bar", "Upper"), *way)
        moved = it.desktop.session.manager.titled("Upper").area
        assert (moved.x - area.x, moved.y - area.y) == way

    @pytest.mark.parametrize("way", [(-500, 0), (500, 0), (0, -500), (0, 500)])
    def test_a_window_stays_on_the_screen(self, user, way):
        it = user(TWO)
        it.drag(it.point("title_bar", "Upper"), *way)
        area, work = it.desktop.session.manager.titled("Upper").area, it.desktop.session.work_area
        assert work.x <= area.x
        assert area.right <= work.right
        assert work.y <= area.y
        assert area.bottom <= work.bottom

    def test_a_maximised_window_stays(self, user):
        it = user(TWO)
        it.click("maximize_button", "Upper")
        before = it.find("title_bar", "Upper")
        it.drag(it.point("title_bar", "Upper"), 10, 20)
        assert it.find("title_bar", "Upper") == before

    def test_releasing_beside_a_button_does_not_press_it(self, user):
        it = user(TWO)
        it.drag(it.point("close_button", "Upper"), 30, 30)
        assert "Upper" in it.windows


class TestModality:
    def test_a_modal_dialog_keeps_everything_else_from_answering(self, user):
        it = user(DIALOG)
        icon = it.desktop.session.shell.icons[0]
        behind = it.desktop.session.manager.titled("Behind")
        for x in range(4, 160, 8):
            for y in range(4, 120, 8):
                question = it.desktop.session.manager.titled("Question")
                if not question.area.contains(x, y):
                    it.desktop.perform(_double(x, y))
        it.press("super", "alt+tab")
        assert list(it.windows) == ["Behind", "Question"]
        assert it.focused == "Question"
        assert not behind.is_minimized
        assert not icon.is_selected
        assert it.find("menu") is None

    def test_what_does_not_answer_cannot_be_located(self, user):
        it = user(DIALOG)
        assert it.find("close_button", "Behind") is None
        assert it.find("start_button") is None
        assert it.find("icon") is None

    def test_a_button_answers_the_dialog(self, user):
        it = user(DIALOG)
        it.click("button", "No")
        assert "Question" not in it.windows
        assert it.desktop.state().answers["Question"] == "No"
        assert it.find("close_button", "Behind") is not None

    @pytest.mark.parametrize(("key", "answer"), [("enter", "Yes"), ("escape", "Cancel")])
    def test_keys_answer_the_dialog(self, user, key, answer):
        it = user(DIALOG)
        it.press(key)
        assert it.desktop.state().answers["Question"] == answer

    def test_a_dialog_of_a_program_blocks_only_its_owner(self, user):
        it = user(EDITOR)
        it.click("close_button", "Notes")
        assert it.windows["Unsaved changes"].is_dialog
        assert it.find("close_button", "Notes") is None
        it.press("super")
        assert it.find("menu") is not None

    def test_a_dialog_that_is_not_modal_lets_others_answer(self, user):
        setup = DIALOG.model_copy(
            update={"dialogs": (DialogSetup(title="Tip", message="Hello", modal=False),)}
        )
        it = user(setup)
        it.click("taskbar_button", "Behind")
        assert it.focused == "Behind"
        assert "Tip" in it.windows


class TestKeyboardFocus:
    FORM = Setup(
        windows=(
            WindowSetup(
                title="Form",
                program="form",
                fields=(
                    FieldSetup(role="text_field", name="First", value=""),
                    FieldSetup(role="check_box", name="Second", value=False),
                    FieldSetup(role="text_field", name="Third", value=""),
                ),
            ),
        ),
        distractors=(0, 0),
    )

    def test_tab_visits_every_widget_in_order_and_comes_back(self, user):
        it = user(self.FORM)
        it.click("text_field", "First")
        visited = []
        for _ in range(len(it.desktop.state().widgets) + 1):
            visited.append(it.focused_widget)
            it.press("tab")
            if it.focused_widget == visited[0]:
                break
        own = [name for name in visited if name in ("First", "Second", "Third", "OK", "Cancel")]
        assert sorted(own) == ["Cancel", "First", "OK", "Second", "Third"]
        assert visited.index("First") == 0
        assert visited.index("OK") < visited.index("Cancel")

    def test_shift_tab_goes_back(self, user):
        it = user(self.FORM)
        it.click("text_field", "First")
        it.press("tab", "shift+tab")
        assert it.focused_widget == "First"

    def test_keys_go_to_the_focused_window_only(self, user):
        it = user(self.FORM)
        it.click("text_field", "First")
        it.click("desktop")
        it.type("lost")
        assert it.widget("First").value == ""


class TestClipping:
    def test_a_window_draws_nothing_outside_itself(self, user):
        it = user(TWO)
        area = it.desktop.session.manager.titled("Upper").area
        with_window = it.screen()
        it.click("close_button", "Upper")
        changed = (with_window != it.screen()).any(axis=2)
        changed[area.y : area.bottom, area.x : area.right] = False
        bar = it.desktop.session.shell.bar
        changed[bar.y : bar.bottom] = False
        lower = it.desktop.session.manager.titled("Lower").area  # it has taken the focus
        changed[lower.y : lower.bottom, lower.x : lower.right] = False
        assert not changed.any()


def _overlap(first: Rect, second: Rect) -> bool:
    return (
        first.x < second.right
        and second.x < first.right
        and first.y < second.bottom
        and second.y < first.bottom
    )


def _double(x: int, y: int) -> DoubleClick:
    return DoubleClick(x, y)
