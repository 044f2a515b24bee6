"""What a setup promises: named things are there, can be reached, and stand as it says."""

from __future__ import annotations

import pytest

from hrlctl.desktop.commands import Click
from hrlctl.desktop.contract import Locator
from hrlctl.desktop.sim import SimDesktop
from hrlctl.schema.setup import DialogSetup, FieldSetup, LauncherSetup, Setup, WindowSetup

SEEDS = range(60)
EVERY_FIELD = (
    FieldSetup(role="check_box", name="Sound", value=True),
    FieldSetup(role="radio_button", name="Size", options=("Small", "Large"), value="Large"),
    FieldSetup(role="drop_down", name="Color", options=("Red",), extra_options=2, value="Red"),
    FieldSetup(role="slider", name="Volume", value=40),
    FieldSetup(role="text_field", name="Nick", value="me"),
)


def holds_a_cell_centre(rect) -> bool:
    columns = any(rect.x <= x < rect.right for x in range(4, 640, 8))
    return columns and any(rect.y <= y < rect.bottom for y in range(4, 480, 8))


@pytest.fixture(params=[(160, 120), (320, 240)], ids=["default", "larger"])
def desktop(request) -> SimDesktop:
    return SimDesktop(*request.param)


def test_named_icons_can_be_reached_and_are_among_many(desktop):
    setup = Setup(
        launchers=(LauncherSetup(name="Alpha"), LauncherSetup(name="Beta")), distractors=(0, 3)
    )
    for seed in SEEDS:
        desktop.reset(setup, seed)
        assert len(desktop.session.shell.icons) >= 12
        for name in ("Alpha", "Beta"):
            rect = desktop.locate(Locator("icon", name))
            assert rect is not None, (seed, name)
            assert holds_a_cell_centre(rect)
            cell = next(i.cell for i in desktop.session.shell.icons if i.launcher.name == name)
            assert rect == cell


def test_named_entries_are_in_the_start_menu(desktop):
    setup = Setup(launchers=(LauncherSetup(name="Alpha", on_desktop=False),))
    for seed in SEEDS:
        desktop.reset(setup, seed)
        desktop.session.shell.open_start_menu()
        rect = desktop.locate(Locator("menu_item", "Alpha"))
        assert rect is not None
        assert holds_a_cell_centre(rect)
        assert len(desktop.session.shell.menu) >= 5


def test_windows_above_one_another_keep_their_title_bars_free(desktop):
    setup = Setup(
        windows=(WindowSetup(title="Lower"), WindowSetup(title="Upper")), distractors=(0, 3)
    )
    for seed in SEEDS:
        desktop.reset(setup, seed)
        for title in ("Lower", "Upper"):
            for role in ("close_button", "minimize_button", "maximize_button", "title_bar"):
                rect = desktop.locate(Locator(role, title))
                assert rect is not None, (seed, role, title)
                assert holds_a_cell_centre(rect), (seed, role, title, rect)


def test_a_covered_window_is_covered_in_part(desktop):
    setup = Setup(windows=(WindowSetup(title="Below", covered=True),), distractors=(1, 3))
    for seed in SEEDS:
        desktop.reset(setup, seed)
        window = desktop.session.manager.titled("Below")
        assert not window.is_focused
        seen = desktop.locate(Locator("window", "Below"))
        assert seen is not None
        above = desktop.session.manager.stack[-1].area
        assert above.x < window.area.right
        assert window.area.x < above.right
        assert desktop.locate(Locator("taskbar_button", "Below")) is not None


@pytest.mark.parametrize("program", ["settings", "form"])
def test_fields_stand_as_they_are_set_and_can_be_reached(desktop, program):
    window = WindowSetup(title="Panel", program=program, fields=EVERY_FIELD)
    for seed in SEEDS:
        desktop.reset(Setup(windows=(window,), distractors=(0, 2)), seed)
        settings = desktop.state().settings
        values = {w.name: w.value for w in desktop.state().widgets if w.role != "label"}
        for field in EVERY_FIELD:
            assert settings[field.name] == values[field.name] == field.value
        for role, name in (
            ("check_box", "Sound"),
            ("radio_button", "Small"),
            ("drop_down", "Color"),
            ("slider", "Volume"),
            ("text_field", "Nick"),
        ):
            rect = desktop.locate(Locator(role, name, "Panel"))
            assert rect is not None, (seed, role)
            assert holds_a_cell_centre(rect), (seed, role, rect)


def test_a_goal_is_never_the_only_field(desktop):
    window = WindowSetup(title="Panel", program="settings", fields=EVERY_FIELD[:1])
    for seed in SEEDS:
        desktop.reset(Setup(windows=(window,)), seed)
        own = [w for w in desktop.state().widgets if w.window == "Panel"]
        assert sum(w.role not in ("label", "button", "scroll_bar") for w in own) >= 3


def test_values_that_are_left_open_are_drawn(desktop):
    fields = (
        FieldSetup(role="check_box", name="Sound"),
        FieldSetup(role="slider", name="Volume"),
        FieldSetup(role="drop_down", name="Color", options=("Red", "Blue", "Green")),
    )
    window = WindowSetup(title="Panel", program="form", fields=fields)
    seen = {field.name: set() for field in fields}
    for seed in SEEDS:
        desktop.reset(Setup(windows=(window,)), seed)
        for name, values in seen.items():
            values.add(desktop.state().settings[name])
    assert seen["Sound"] == {True, False}
    assert len(seen["Volume"]) > 5
    assert seen["Color"] == {"Red", "Blue", "Green"}


def test_states_of_windows(desktop):
    setup = Setup(
        windows=(
            WindowSetup(title="Away", state="minimized"),
            WindowSetup(title="Wide", state="maximized"),
        )
    )
    desktop.reset(setup, 4)
    windows = {w.title: w for w in desktop.state().windows}
    assert windows["Away"].is_minimized
    assert windows["Wide"].is_maximized
    assert windows["Wide"].is_focused


def test_a_dialog_lies_above_everything(desktop):
    setup = Setup(
        windows=(WindowSetup(title="Under"),),
        dialogs=(DialogSetup(title="Ask", message="Really?", buttons=("Yes", "No")),),
        distractors=(3, 3),
    )
    for seed in SEEDS:
        desktop.reset(setup, seed)
        for name in ("Yes", "No"):
            rect = desktop.locate(Locator("button", name, "Ask"))
            assert rect is not None
            assert holds_a_cell_centre(rect)
        assert desktop.locate(Locator("close_button", "Ask")) is not None


def test_files_and_documents(desktop):
    setup = Setup(
        windows=(WindowSetup(title="Doc", program="text_editor", path="todo.txt"),),
        files={"todo.txt": "buy milk"},
    )
    desktop.reset(setup, 1)
    text = next(w for w in desktop.state().widgets if w.role == "text_area" and w.window == "Doc")
    assert text.value == "buy milk"
    assert desktop.state().files == {"todo.txt": "buy milk"}


def test_more_fields_than_fit_scroll_into_view():
    fields = tuple(FieldSetup(role="check_box", name=f"Field{i}", value=False) for i in range(14))
    window = WindowSetup(title="Long", program="settings", fields=fields)
    desktop = SimDesktop()
    desktop.reset(Setup(windows=(window,), distractors=(0, 0)), 2)
    assert desktop.locate(Locator("check_box", "Field13")) is None
    bar = desktop.locate(Locator("scroll_bar", "Long", "Long", at=1.0))
    assert bar is not None
    desktop.perform(Click(bar.x + 4, bar.y + 4))
    assert desktop.locate(Locator("check_box", "Field13")) is not None
    assert desktop.locate(Locator("check_box", "Field0")) is None
