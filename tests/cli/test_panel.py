"""The live panel: it fits, it shows what matters, it leaves the terminal as it was."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from hrlctl.cli.panel import PanelRenderer, can_show_panel
from hrlctl.cli.panel_layout import PanelLayout
from hrlctl.cli.picture import Picture, fitting_size, shrink
from hrlctl.cli.progress import RunProgress

SIZES = [(80, 24), (100, 34), (120, 40), (200, 60), (81, 60), (250, 25)]


def terminal(width: int, height: int, **options: Any) -> Console:
    return Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
        force_terminal=True,
        color_system="truecolor",
        width=width,
        height=height,
        _environ={"TERM": "xterm-256color"},
        **options,
    )


def lines_of(progress: RunProgress, width: int, height: int) -> list[str]:
    console = terminal(width, height)
    options = console.options.update_dimensions(width, height)
    lines = console.render_lines(PanelLayout(progress).build(width, height), options)
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fills_the_screen_exactly_at_every_stage_of_a_run(
    events: Any, width: int, height: int
) -> None:
    progress = RunProgress()
    for event in [None, *events.run()]:
        if event is not None:
            progress.apply(event)
        lines = lines_of(progress, width, height)
        assert len(lines) == height
        assert {len(line) for line in lines} == {width}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_shows_what_matters_at_every_size(events: Any, width: int, height: int) -> None:
    progress = RunProgress()
    for event in (events.started(), events.update(10)):
        progress.apply(event)
    text = "\n".join(lines_of(progress, width, height))
    for figure in (
        "20,480/1,000,000",
        "156 steps/s",
        "hierarchical",
        "EASY",
        "45%",
        "passes at 60%",
        "task_00",
        "0.0234",
        "0.0100",
        "pointer",
        "70%",
        "collect",
        "click at (88, 70)",
        "enter_text 1234",
        'Open the "calculator"',
        "none yet",
        "╋",
    ):
        assert figure in text


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_warm_start_is_shown_until_the_first_update(events: Any, width: int, height: int) -> None:
    progress = RunProgress()
    for event in events.run()[:3]:
        progress.apply(event)
    text = "\n".join(lines_of(progress, width, height))
    for figure in ("3/27 rounds of cloning", "0:40", "actions known", "25%", "worker", "1.2345"):
        assert figure in text
    progress.apply(events.update(10))
    assert "rounds of cloning" not in "\n".join(lines_of(progress, width, height))


def test_the_worst_tasks_are_shown_where_not_all_fit(events: Any) -> None:
    progress = RunProgress()
    for event in (events.started(), events.update(10)):
        progress.apply(event)
    text = "\n".join(lines_of(progress, 80, 24))
    assert "task_00" in text
    assert "task_14" not in text
    assert "of 15" in text


def test_a_run_leaves_its_figures_and_warnings_on_the_normal_screen(events: Any) -> None:
    console = terminal(80, 24)
    with PanelRenderer(console) as panel:
        for event in events.run():
            panel.show(event)
    assert isinstance(console.file, io.TextIOWrapper)
    console.file.flush()
    assert isinstance(console.file.buffer, io.BytesIO)
    written = console.file.buffer.getvalue().decode()
    shown, _, after = written.rpartition("\x1b[?1049l")  # leaves the alternate screen
    assert "\x1b[?1049h" in shown
    assert "Update 10/488 | Step 20480/1000000" in after
    assert "the manager has collapsed" in after
    assert "checkpoints/final_model.pt" in after
    assert "\x1b[?25h" in written  # the cursor is back


def test_asking_to_stop_is_answered_at_the_next_drawing(events: Any) -> None:
    progress = RunProgress()
    for event in (events.started(), events.update(10)):
        progress.apply(event)
    progress.is_stopping = True
    assert "saving" in "\n".join(lines_of(progress, 80, 24))


def test_a_notice_makes_room_after_some_updates(events: Any) -> None:
    progress = RunProgress()
    for event in (events.started(), events.update(1)):
        progress.apply(event)
    progress.note("warning: look")
    assert progress.recent_notice == "warning: look"
    progress.apply(events.update(20))
    assert progress.recent_notice is None
    assert progress.notices == ["warning: look"]


@pytest.mark.parametrize(
    "console",
    [
        Console(file=io.StringIO()),
        terminal(79, 24),
        terminal(80, 23),
        Console(force_terminal=True, width=80, height=24, _environ={"TERM": "dumb"}),
    ],
)
def test_no_panel_where_it_cannot_be_drawn(console: Console) -> None:
    assert not can_show_panel(console)


def test_a_panel_on_a_terminal() -> None:
    assert can_show_panel(terminal(80, 24))


def test_the_picture_keeps_colours_shape_and_the_pointers_place(events: Any) -> None:
    view = events.update(1).view
    size = fitting_size(view, 40, 100)
    assert (size.columns, size.rows) == (40, 15)
    console = terminal(80, 24)
    rows = console.render_lines(Picture(view, size), console.options, pad=False)
    cells = [[segment for segment in row if segment.text.strip("\n")] for row in rows[:15]]
    first, last = cells[0][0], cells[0][-1]
    assert first.style is not None
    assert first.style.color is not None
    assert first.style.color.triplet == (0, 0, 0)
    assert last.style is not None
    assert last.style.color is not None
    assert last.style.color.triplet == (250, 250, 250)
    assert [row[-1].text for row in cells].index("╋") == 14


def test_the_picture_is_readable_without_colours(events: Any) -> None:
    view = events.update(1).view
    console = Console(file=io.StringIO(), force_terminal=True, no_color=True, width=80)
    console.print(Picture(view, fitting_size(view, 40, 100)))
    assert isinstance(console.file, io.StringIO)
    first = console.file.getvalue().splitlines()[0]
    assert first[:20].strip() == ""
    assert first[20:40] == "█" * 20


@pytest.mark.parametrize(("width", "height"), [(160, 120), (53, 41), (36, 27), (1, 1)])
def test_shrinking_keeps_the_mean_of_every_box(width: int, height: int) -> None:
    screen = np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    small = shrink(screen, width, height)
    assert small.shape == (height, width, 3)
    last = screen[(height - 1) * 120 // height :, (width - 1) * 160 // width :]
    assert np.allclose(small[-1, -1], last.reshape(-1, 3).mean(axis=0), atol=1)
