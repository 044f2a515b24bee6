"""How the live panel is laid out: from 80x24, where everything has its line, to any larger size."""

from __future__ import annotations

from rich.align import Align
from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hrlctl.cli.charts import amount, bar, curve, duration, large, success_style
from hrlctl.cli.figures import LABEL, bars, figures, largest, learning, pairs, shares
from hrlctl.cli.picture import Picture, fitting_size
from hrlctl.cli.progress import RunProgress
from hrlctl.cli.warm_start_view import progress_body, progress_line
from hrlctl.events import (
    CloningProgressed,
    DemonstrationsPlayed,
    StageProgress,
    TaskProgress,
    View,
)

FRAME = "bright_black"
SPACIOUS_ROWS, SPACIOUS_COLUMNS = 34, 100
SUCCESS_ROWS = 7  # with the lowest curve, of three rows
MAX_CURVE_ROWS = 18


class PanelLayout:
    """Builds the picture of a run's progress for a terminal's size."""

    def __init__(self, progress: RunProgress) -> None:
        self._progress = progress
        self._picture: Picture | None = None  # the newest, as drawn

    def build(self, width: int, height: int) -> RenderableType:
        """The whole screen, ``width`` columns by ``height`` rows."""
        if self._progress.started is None:
            return Align.center(
                Text("hrlctl is starting: loading the network and the desktops", style="dim"),
                vertical="middle",
                height=height,
            )
        if self._progress.update is None and self._progress.warm_start is not None:
            return self._warm_start(self._progress.warm_start, width)
        is_spacious = height >= SPACIOUS_ROWS and width >= SPACIOUS_COLUMNS
        footer_rows = 11 if is_spacious else 4
        body_rows = height - 2 - footer_rows
        right = self._right_width(width, body_rows)
        task_rows = len(self._progress.started.task_ids) + 2
        spare_rows = min(max(0, body_rows - SUCCESS_ROWS - task_rows), MAX_CURVE_ROWS - 3)
        success_rows = SUCCESS_ROWS + spare_rows
        root = Layout()
        root.split_column(
            Layout(self._header(width), size=2),
            Layout(name="body", size=body_rows),
            Layout(name="footer", size=footer_rows),
        )
        root["body"].split_row(Layout(name="left"), Layout(name="right", size=right))
        root["left"].split_column(
            Layout(self._success(width - right, 3 + spare_rows), size=success_rows),
            Layout(self._tasks(width - right, body_rows - success_rows)),
        )
        root["right"].update(self._view(right, body_rows, _text_rows(width)))
        if is_spacious:
            self._fill_spacious_footer(root["footer"], width)
        else:
            root["footer"].update(self._compact_footer())
        return root

    def _warm_start(
        self, event: DemonstrationsPlayed | CloningProgressed, width: int
    ) -> RenderableType:
        """The whole screen before the first update of a run that starts warm."""
        root = Layout()
        notice = self._notice() or Text("Ctrl-C saves and stops", style=LABEL)
        root.split_column(
            Layout(Group(self._title(), progress_line(event, width)), size=2),
            Layout(_frame(progress_body(event, width - 4), "Warm start")),
            Layout(notice, size=1),
        )
        return root

    # The parts, from top to bottom.

    def _title(self) -> Text:
        started = self._progress.started
        if started is None:
            return Text()
        return Text.assemble(
            (" hrlctl ", "bold black on cyan"),
            (f" {started.policy} · {started.encoder}", "bold"),
            (
                f" · {amount(started.parameters)} parameters · {started.device} · "
                f"seed {started.seed} · {len(started.task_ids)} tasks",
                LABEL,
            ),
            no_wrap=True,
            overflow="ellipsis",
        )

    def _header(self, width: int) -> RenderableType:
        started = self._progress.started
        if started is None:
            return Text()
        title = self._title()
        total = max(started.total_steps, 1)
        left = self._progress.seconds_left
        update = self._progress.update
        rate = f"{update.steps_per_second:,.0f} steps/s" if update else "- steps/s"
        figures = (
            f" {self._progress.steps:,}/{total:,}  {self._progress.steps / total:.1%}  {rate}  "
            f"{duration(left) + ' left' if left is not None else ''} "
        )
        cells = max(width - len(figures) - 1, 8)
        share = min(self._progress.steps / total, 1.0)
        line = Text.assemble(" ", bar(share, cells, "cyan"), (figures, "bold"), no_wrap=True)
        return Group(title, line)

    def _success(self, width: int, rows: int) -> Panel:
        update = self._progress.update
        rate = update.success_rate if update else None
        style = success_style(rate)
        figure = large("-" if rate is None else f"{rate * 100:.1f}%" if rate < 1 else "100%")
        inner = width - 4
        figure_width = len(figure[0])
        # The curve fills its width: a run of a million steps is watched from its first minute.
        area = curve(
            self._progress.curve,
            max(inner - figure_width - 2, 4),
            rows,
            max(self._progress.steps, 1),
        )
        blank = " " * figure_width
        lines = [
            Text.assemble(
                (figure[row] if row < 3 else blank, f"bold {style}"), "  ", (line, "cyan")
            )
            for row, line in enumerate(area)
        ]
        if update is not None:
            lines += _stage_lines(update.stage, inner)
        return _frame(Group(*lines), "Success rate, mean over tasks")

    def _tasks(self, width: int, rows: int) -> Panel:
        update = self._progress.update
        tasks = sorted(update.tasks, key=_worst_first) if update else []
        inner_rows, inner_width = rows - 2, width - 4
        columns = 2 if len(tasks) > inner_rows and inner_width >= 64 else 1
        shown = tasks[: inner_rows * columns]
        more = f", {len(shown)} of {len(tasks)}" if len(shown) < len(tasks) else ""
        packs = {task.task_id.partition("/")[0] for task in tasks}
        column_width = (inner_width - 2 * (columns - 1)) // columns
        lines = [_task_line(task, column_width, len(packs) > 1) for task in shown]
        grid = Table.grid(padding=(0, 2, 0, 0))
        for row in range(min(inner_rows, len(lines))):
            grid.add_row(*lines[row::inner_rows])
        return _frame(grid, f"Tasks, worst first{more}")

    def _right_width(self, width: int, body_rows: int) -> int:
        view = self._progress.view
        limit = min(width - 38, int(width * 0.62))
        if view is None:
            return min(40, limit)
        size = fitting_size(view, limit - 4, body_rows - 2 - _text_rows(width))
        return max(size.columns + 4, 36)

    def _view(self, width: int, rows: int, text_rows: int) -> Panel:
        view = self._progress.view
        if view is None:
            waiting = Text("waiting for the first update", style="dim")
            return _frame(Align.center(waiting, vertical="middle"), "What the agent sees")
        inner = width - 4
        picture = Align.center(self._drawn(view, inner, rows - 2 - text_rows))
        instruction = Text(f"“{view.instruction}”", style="bold")
        instruction.truncate(inner * (text_rows - 2) - 2, overflow="ellipsis")
        choices = [
            Text.assemble(("skill  ", LABEL), (view.skill, "magenta")),
            Text.assemble(("action ", LABEL), (view.action, "cyan")),
        ]
        for line in choices:
            line.truncate(inner, overflow="ellipsis")
        return _frame(Group(picture, instruction, *choices), "What the agent sees")

    def _drawn(self, view: View, columns: int, rows: int) -> Picture:
        size = fitting_size(view, columns, rows)
        if self._picture is None or self._picture.view is not view or self._picture.size != size:
            self._picture = Picture(view, size)
        return self._picture

    def _compact_footer(self) -> RenderableType:
        update = self._progress.update
        if update is None:
            return Text()
        entropies = [(name, f"{share:.2f}") for name, share in update.entropies.items()]
        skills = [(name, f"{share:.0%}") for name, share in largest(update.skill_usage, 6)]
        lines = [
            pairs(learning(update)[:5]),
            pairs(entropies, "entropy "),
            pairs(skills, "skills "),
            self._notice() or Text.assemble(shares(update.phases), self._checkpoint()),
        ]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(*lines)

    def _fill_spacious_footer(self, footer: Layout, width: int) -> None:
        update = self._progress.update
        footer.split_column(Layout(name="panels", size=10), Layout(name="notice", size=1))
        line = self._notice() or self._checkpoint()
        line.no_wrap, line.overflow = True, "ellipsis"
        footer["notice"].update(line)
        if update is None:
            footer["panels"].update(Text())
            return
        cells = (width // 4) - 4
        total = sum(update.phases.values()) or 1.0
        phases = {name: seconds / total for name, seconds in update.phases.items()}
        footer["panels"].split_row(
            Layout(_frame(figures(learning(update)), "Learning")),
            Layout(_frame(bars(update.entropies, cells, "blue", "{:.2f}"), "Entropy")),
            Layout(_frame(bars(update.skill_usage, cells, "magenta", "{:.0%}"), "Skills chosen")),
            Layout(_frame(bars(phases, cells, "cyan", "{:.0%}"), "Time")),
        )

    def _notice(self) -> Text | None:
        if self._progress.is_stopping:
            return Text(" saving, then stopping; Ctrl-C again ends at once", style="bold yellow")
        notice = self._progress.recent_notice
        return Text(f" {notice}", style="yellow") if notice else None

    def _checkpoint(self) -> Text:
        saved = self._progress.checkpoint
        name = saved.path.stem.removeprefix("checkpoint_") if saved else "none yet"
        return Text.assemble((" checkpoint ", LABEL), name, ("   Ctrl-C saves and stops", LABEL))


def _text_rows(width: int) -> int:
    """Rows under the picture; on a narrow screen the instruction may need two."""
    return 4 if width < SPACIOUS_COLUMNS else 3


def _frame(content: RenderableType, title: str) -> Panel:
    return Panel(
        content,
        title=Text(title, style="bold"),
        title_align="left",
        border_style=FRAME,
        box=ROUNDED,
        padding=(0, 1),
    )


def _stage_lines(stage: StageProgress, width: int) -> list[Text]:
    """The stage with its success against its threshold, and the steps spent in it."""
    rate = stage.success_rate
    head = Text.assemble(
        (stage.stage, "bold"),
        "  ",
        ("n/a" if rate is None else f"{rate:.0%}", success_style(rate)),
    )
    if stage.threshold is not None:
        head.append(f", passes at {stage.threshold:.0%}", LABEL)
    if stage.reopened:
        head.append(f", open again: {', '.join(stage.reopened)}", "yellow")
    steps = f"{amount(stage.steps_in_stage)} steps in this stage"
    if stage.min_steps:
        steps += f", at least {amount(stage.min_steps)}"
    lines = [head, Text(steps, style=LABEL)]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines


def _worst_first(task: TaskProgress) -> tuple[bool, float, str]:
    return (task.success_rate is None, task.success_rate or 0.0, task.task_id)


def _task_line(task: TaskProgress, width: int, with_pack: bool) -> Text:
    name = task.task_id if with_pack else task.task_id.rpartition("/")[2]
    name_width = max(12, min(28, int(width * 0.48)))
    bar_width = max(width - name_width - 6, 4)
    label = Text(name)
    label.truncate(name_width, overflow="ellipsis", pad=True)
    rate = task.success_rate
    figure = "   -" if rate is None else f"{rate:4.0%}"
    style = success_style(rate)
    return Text.assemble(
        label,
        " ",
        bar(rate or 0.0, bar_width, style),
        (f" {figure}", style),
    )
