"""``hrlctl report``: a recorded training as one HTML file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from hrlctl.cli.charts import amount, duration
from hrlctl.cli.completers import complete_run
from hrlctl.cli.output_files import write_text
from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.cli.run_archive import LOG_FOLDER, Curve, Run, named_run
from hrlctl.cli.runs import LogDir

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

_WIDTH, _HEIGHT = 560, 220  # of a chart, in its own pixels
_LEFT, _BOTTOM = 56, 28  # room for the labels
_MOST_POINTS: Final = 400
_CHARTS: Final = (
    ("success/overall", "Success in training", "mean of the tasks' last 50 episodes"),
    ("reward/mean_return", "Return", "mean of the last episodes, not discounted"),
    ("diagnostics/approximate_kl", "Approximate KL", "how far an update moves the policy"),
    ("diagnostics/explained_variance", "Explained variance", "1: the critic knows the returns"),
    ("entropy/type", "Entropy of the action type", "1: uniform, 0: certain"),
    ("time/steps_per_second", "Steps per second", "over the last updates"),
)


class _Label(NamedTuple):
    x: float
    y: float
    text: str


class _Chart(NamedTuple):
    title: str
    about: str
    last: str
    points: str  # of an SVG polyline
    lines: list[float]  # y of the grid
    labels: list[_Label]


class _Task(NamedTuple):
    name: str
    rate: float
    points: str


@app.command("report", epilog="[bold]Example[/bold]\n\n  [cyan]hrlctl report RUN[/cyan]")
def report(
    name: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="As 'hrlctl runs list' names it, or its folder.",
            autocompletion=complete_run,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Where. In the run's folder without."),
    ] = None,
    log_dir: LogDir = LOG_FOLDER,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a training as one HTML file: success, curves, tasks and configuration."""
    run = named_run(name, log_dir)
    path = output or run.folder / "report.html"
    write_text(path, run_page(run))
    if as_json:
        typer.echo(json.dumps({"wrote": [str(path)]}))
    else:
        typer.echo(str(path) if quiet else f"wrote {path}")


def run_page(run: Run) -> str:
    """The run as HTML.

    Raises:
        StorageError: its configuration or its curves are damaged.
    """
    from hrlctl.cli.pages import render_page

    record = run.record
    facts = [
        ("state", run.state),
        ("steps", f"{amount(run.steps)} of {amount(record.total_steps)}"),
        ("time", duration(run.seconds)),
        ("started", f"{record.started:%Y-%m-%d %H:%M} UTC"),
        ("network", f"{record.policy}, {record.encoder}, {amount(record.parameters)} parameters"),
        ("device", record.device),
        ("seed", str(record.seed)),
        (
            "start",
            f"warm, {record.demonstrations:,} demonstrations"
            if record.demonstrations
            else "from scratch",
        ),
        ("resumed from", str(record.resumed_from or "")),
        ("model", str(record.end.model or "") if record.end else ""),
        ("commit", record.commit or ""),
        ("packages", ", ".join(f"{name} {text}" for name, text in record.packages.items())),
        ("packs", ", ".join(f"{name} {text}" for name, text in record.packs.items())),
        ("command", " ".join(record.command)),
    ]
    tasks = [
        _Task(task, curve[-1][1], _points(curve, 0.0, 1.0, 120, 28, run.steps))
        for task, curve in run.tasks.items()
    ]
    return render_page(
        "run.html.j2",
        name=run.name,
        success_rate=run.success_rate,
        facts=[(name, text) for name, text in facts if text],
        charts=[
            _chart(run.curves[key], title, about, run.steps)
            for key, title, about in _CHARTS
            if key in run.curves
        ],
        tasks=sorted(tasks, key=lambda task: task.rate),
        configuration=[(key, str(value)) for key, value in run.config.items()],
    )


def _chart(curve: Curve, title: str, about: str, steps: int) -> _Chart:
    is_share = title.startswith("Success")
    values = [y for _, y in curve]
    low, high = (0.0, 1.0) if is_share else (min(0.0, *values), max(0.0, *values))
    high = high if high > low else low + 1
    width, height = _WIDTH - _LEFT, _HEIGHT - _BOTTOM
    levels = [low + share * (high - low) for share in (0.0, 0.5, 1.0)]
    heights = [8 + (height - 16) * (1 - share) for share in (0.0, 0.5, 1.0)]

    def words(value: float) -> str:
        return f"{value:.0%}" if is_share else f"{value:.3g}"

    labels = [_Label(4, y + 4, words(value)) for y, value in zip(heights, levels, strict=True)]
    labels.append(_Label(_LEFT, _HEIGHT - 8, "0"))
    labels.append(_Label(_WIDTH - 90, _HEIGHT - 8, f"{amount(steps)} steps"))
    points = _points(curve, low, high, width, height, steps, left=_LEFT)
    return _Chart(title, about, words(values[-1]), points, heights, labels)


def _points(
    curve: Sequence[tuple[float, float]],
    low: float,
    high: float,
    width: int,
    height: int,
    steps: int,
    *,
    left: int = 0,
) -> str:
    """The curve as an SVG polyline's points, thinned to what a screen can show."""
    every = -(-len(curve) // _MOST_POINTS)
    thinned = [*curve[:-1:every], curve[-1]]
    return " ".join(
        f"{left + x / max(steps, 1) * width:.1f},"
        f"{8 + (height - 16) * (1 - (y - low) / (high - low)):.1f}"
        for x, y in thinned
    )
