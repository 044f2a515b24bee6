"""``hrlctl eval``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from hrlctl.cli.completers import complete_model, complete_pack, complete_task
from hrlctl.cli.evaluation_view import print_gap, print_report
from hrlctl.cli.model_argument import ModelArgument, model_file
from hrlctl.cli.output_files import write_text, writing
from hrlctl.cli.output_options import QuietOption
from hrlctl.cli.task_instance import desktop_kind
from hrlctl.cli.terminal import can_animate, output_console, working
from hrlctl.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from hrlctl.cli.films import Film
    from hrlctl.evaluation import EvaluationReport, Gap

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl eval checkpoints/final_model.pt[/cyan]

  [cyan]hrlctl eval pretrained --episodes 200[/cyan]  (the model that ships with hrlctl)

  [cyan]hrlctl eval checkpoints/final_model.pt --set words --episodes 500 --json[/cyan]

  [cyan]hrlctl eval exported/model.onnx[/cyan]  (without torch)

  [cyan]hrlctl eval checkpoints/final_model.pt --ablate screen[/cyan]  (does it look at all?)

  [cyan]hrlctl eval checkpoints/final_model.pt --gap --episodes 60[/cyan]  (simulator and reality)

  [cyan]hrlctl eval new.pt --compare old.pt[/cyan]  (the same episodes, paired test)

  [cyan]hrlctl eval new.pt --termination agent --min-success 0.9 --junit eval.xml[/cyan]  (in CI)"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

TASKS, MEASURE, CHECKS, FILES, MACHINE = (
    "Tasks", "What is measured", "Comparisons and targets", "Files", "Speed and machine",
)  # fmt: skip
ABLATIONS = ("instruction", "screen")


@app.command("eval", epilog=EXAMPLES)
def evaluate(
    checkpoint: ModelArgument,
    episodes: Annotated[
        int, typer.Option(min=1, help="How many, over all tasks.", rich_help_panel=MEASURE)
    ] = 500,
    split: Annotated[
        str,
        typer.Option(
            "--set",
            metavar="seeds|words|themes",
            help="New seeds and layouts; words never drawn in training; themes never drawn.",
            rich_help_panel=MEASURE,
            autocompletion=lambda: ["seeds", "words", "themes"],
        ),
    ] = "seeds",
    termination: Annotated[
        str,
        typer.Option(
            metavar="automatic|agent",
            help="What counts: that success is reached, or that the agent says it is done and is"
            " right. The headline shows both.",
            rich_help_panel=MEASURE,
            autocompletion=lambda: ["automatic", "agent"],
        ),
    ] = "automatic",
    sampled: Annotated[
        bool,
        typer.Option(
            "--sampled",
            help="Draw actions as in training instead of taking the likeliest.",
            rich_help_panel=MEASURE,
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, help="Same seed, same episodes.", rich_help_panel=MEASURE)
    ] = 0,
    desktop: Annotated[
        str | None,
        typer.Option(
            metavar="sim|x11",
            help="The simulator, or real programs on private displays. As in the training without.",
            rich_help_panel=TASKS,
            autocompletion=lambda: ["sim", "x11"],
        ),
    ] = None,
    pack: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only this pack; repeat for more.",
            rich_help_panel=TASKS,
            autocompletion=complete_pack,
        ),
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Only this task; repeat for more.",
            rich_help_panel=TASKS,
            autocompletion=complete_task,
        ),
    ] = None,
    tasks: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The tasks of a YAML or JSON file.", rich_help_panel=TASKS
        ),
    ] = None,
    difficulty: Annotated[
        str | None,
        typer.Option(
            metavar="EASY|MEDIUM|HARD",
            help="Only tasks of this difficulty.",
            rich_help_panel=TASKS,
            autocompletion=lambda: ["EASY", "MEDIUM", "HARD"],
        ),
    ] = None,
    min_success: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[TASK=]RATE",
            help="Exit with 3 where success is below this, in all or in a task; repeat for more.",
            rich_help_panel=CHECKS,
        ),
    ] = None,
    ablate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="|".join(ABLATIONS),
            help="Play the same episodes with shuffled instructions or black screens, too:"
            " success must fall. Repeat for both.",
            rich_help_panel=CHECKS,
            autocompletion=lambda: list(ABLATIONS),
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL",
            help="Play the same episodes with another agent, and test the difference.",
            rich_help_panel=CHECKS,
            parser=model_file,
            autocompletion=complete_model,
        ),
    ] = None,
    gap: Annotated[
        bool,
        typer.Option(
            "--gap",
            help="Play the tasks that are for both in the simulator and on real programs, and show"
            " them side by side.",
            rich_help_panel=CHECKS,
        ),
    ] = False,
    repeat: Annotated[
        int,
        typer.Option(
            min=1,
            help="Play every episode so often, and name the tasks that end differently."
            " Greedy actions in the simulator never do: use --sampled.",
            rich_help_panel=CHECKS,
        ),
    ] = 1,
    episodes_csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a row for each episode.", rich_help_panel=FILES),
    ] = None,
    episodes_parquet: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The same as Parquet (with the extra hrlctl\\[parquet]).",
            rich_help_panel=FILES,
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the episodes as JUnit's XML, with a strip of pictures of each failure.",
            rich_help_panel=FILES,
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE.html",
            help="Write one HTML file with everything: figures, film strips, configuration.",
            rich_help_panel=FILES,
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write the first success and the first failure of each task as GIF, as MP4"
            " (with the extra hrlctl\\[video]) and as a strip of pictures.",
            rich_help_panel=FILES,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Processes; 0 runs in this one. As many as cores without.",
            rich_help_panel=MACHINE,
        ),
    ] = None,
    device: Annotated[
        str,
        typer.Option(
            metavar="auto|cpu|cuda",
            help="Where it runs.",
            envvar="DEVICE",
            rich_help_panel=MACHINE,
        ),
    ] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as one JSON object.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Measure an agent's success on held-out episodes: how often, and why not more often."""
    from hrlctl.schema.base import Difficulty, Split

    held_out = Split(_one_of("set", split, (Split.SEEDS, Split.WORDS, Split.THEMES), "--set"))
    stage = (
        Difficulty(_one_of("difficulty", difficulty.upper(), tuple(Difficulty), "--difficulty"))
        if difficulty
        else None
    )
    ending = _one_of("termination", termination, ("automatic", "agent"), "--termination")
    taken_away = [_one_of("ablation", name, ABLATIONS, "--ablate") for name in ablate or ()]
    if gap:
        _check_alone(
            {
                "--desktop": desktop, "--sampled": sampled, "--min-success": min_success,
                "--ablate": ablate, "--compare": compare, "--repeat": repeat > 1,
                "--episodes-csv": episodes_csv, "--episodes-parquet": episodes_parquet,
                "--junit": junit, "--report": page, "--record": record,
            }
        )  # fmt: skip
    passes = 2 if gap else repeat + len(set(taken_away)) + (compare is not None)
    with _progress(episodes * passes, quiet=quiet) as played:
        # It takes seconds, where it imports torch.
        from hrlctl.evaluation import Ablation, Target, measure_gap, require
        from hrlctl.evaluation import evaluate as run_evaluation

        what: dict[str, Any] = {
            "split": held_out,
            "episodes": episodes,
            "seed": seed,
            "workers": workers if workers is not None else os.cpu_count() or 1,
            "packs": tuple(pack or ()),
            "tasks": tuple(task or ()),
            "difficulty": stage,
            "task_file": tasks,
            "termination": ending,
            "device": device,
            "played": played,
        }
        if gap:
            measured = measure_gap(checkpoint, **what)
        else:
            targets = [Target.parse(text) for text in min_success or ()]
            report = run_evaluation(
                checkpoint,
                **what,
                sampled=sampled,
                desktop=desktop_kind(desktop),
                repeats=repeat,
                ablations=[Ablation(name) for name in dict.fromkeys(taken_away)],
                compare_with=compare,
                targets=targets,
                is_replayed=page is not None or record is not None,
            )
    if gap:
        _show(measured, print_gap, as_json=as_json)
        return
    _show(report, print_report, as_json=as_json)
    if episodes_csv is not None:
        from hrlctl.evaluation.episode_table import csv_of

        write_text(episodes_csv, csv_of(report))
    if episodes_parquet is not None:
        from hrlctl.evaluation.episode_table import parquet_of

        content = parquet_of(report)
        with writing(episodes_parquet):
            episodes_parquet.write_bytes(content)
    if page is not None:
        from hrlctl.cli.evaluation_page import evaluation_page

        with working("writing the report", quiet=quiet):
            write_text(page, evaluation_page(report))
    films = _record(report, record, quiet=quiet) if record is not None else []
    if junit is not None:
        from hrlctl.evaluation.junit import junit_of

        strips = {film.result: film.strip for film in films}
        if report.setup.desktop == "sim":  # what real programs did cannot be shown again
            from hrlctl.cli.films import record_failures

            folder = record or junit.with_name(f"{junit.stem}_strips")
            with working("drawing the failures", quiet=quiet):
                strips = record_failures(report, folder, strips)
        write_text(junit, junit_of(report, strips))
    require(targets, report)


@contextmanager
def _progress(episodes: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where that is a terminal; it is told how many were played."""
    console = Console(stderr=True)
    if quiet or not can_animate(console):
        yield lambda count: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    bar = Progress(
        "playing", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True,
    )  # fmt: skip
    task = bar.add_task("", total=episodes)
    with bar:
        yield lambda count: bar.advance(task, count)


def _show(
    found: EvaluationReport | Gap,
    print_it: Callable[[Mapping[str, Any], Console], None],
    *,
    as_json: bool,
) -> None:
    if as_json:
        typer.echo(json.dumps(found.to_dict()))
    else:
        print_it(found.to_dict(), output_console())


def _check_alone(others: Mapping[str, object]) -> None:
    """Refuse what does not go with ``--gap``; by option, its value."""
    for option, value in others.items():
        if value:
            raise UsageError(
                f"{option} does not go with --gap",
                hint="measure each desktop by itself with --desktop sim and --desktop x11",
            )


def _record(report: EvaluationReport, folder: Path, *, quiet: bool) -> list[Film]:
    from hrlctl.cli.films import record
    from hrlctl.cli.image_files import can_write_mp4

    with working("recording", quiet=quiet):
        films = record(report, folder)
    if quiet:
        return films
    typer.echo(f"wrote {len(films)} episodes to {folder}", err=True)
    if not can_write_mp4():
        typer.echo("no MP4 was written: install hrlctl[video] for it", err=True)
    return films


def _one_of(kind: str, value: str, choices: Sequence[str], option: str) -> str:
    if value not in choices:
        raise UnknownNameError(kind, value, [str(choice) for choice in choices], where=option)
    return value
