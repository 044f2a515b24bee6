"""``hrlctl tasks verify``: play the tasks and say what is wrong with them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hrlctl.cli.errors import report
from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.cli.task_instance import DesktopOption, desktop_kind
from hrlctl.errors import ExitCode, HrlctlError

if TYPE_CHECKING:
    from hrlctl.evaluation.verification_report import TaskVerdict
    from hrlctl.packs.selection import TaskSelection

_STYLES: Final = {"verified": "green", "failed": "bold red", "unverified": "yellow"}


def verify(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files of tasks or names of packs; without any, all packs.",
            metavar="[PATH|PACK]...",
        ),
    ] = None,
    instances: Annotated[
        int, typer.Option(min=1, help="Of each task, in training and in each held-out set.")
    ] = 20,
    seed: Annotated[
        int, typer.Option(min=0, max=2**31 - 1, help="Of the first instance; others follow it.")
    ] = 0,
    workers: Annotated[
        int | None,
        typer.Option(min=0, help="Processes; 0 runs in this one. As many as cores without."),
    ] = None,
    desktop: DesktopOption = "sim",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Play tasks by their oracles and by agents that must fail; exits 4 if a task is faulty.

    A task without an oracle is unverified, which is no fault. With --quiet the verified are not
    listed.
    """
    selections, broken = _selected(what or [])
    verdicts = _verdicts(
        selections,
        instances=instances,
        seed=seed,
        workers=workers if workers is not None else os.cpu_count() or 1,
        desktop=desktop_kind(desktop),
        quiet=quiet,
    )
    if as_json:
        typer.echo(json.dumps(_as_json(verdicts, broken, instances, seed)))
    else:
        _print_table(verdicts, quiet=quiet)
        for error in broken:
            report(error)
    if broken or any(verdict.result == "failed" for verdict in verdicts):
        raise typer.Exit(ExitCode.PACK_INVALID)


def _selected(what: Sequence[str]) -> tuple[list[TaskSelection], list[HrlctlError]]:
    """The files and packs that can be loaded, and why the others cannot.

    Raises:
        UnknownNameError: a pack is not installed.
    """
    from hrlctl.errors import PackError, UnknownNameError
    from hrlctl.packs.files import load_task_file, names_a_file
    from hrlctl.packs.registry import load_packs
    from hrlctl.packs.selection import TaskSelection

    selections: list[TaskSelection] = []
    broken: list[HrlctlError] = []
    files = [name for name in what if names_a_file(name)]
    packs = [name for name in what if not names_a_file(name)]
    for file in map(Path, files):
        try:
            load_task_file(file)
        except PackError as error:
            broken.append(error)
        else:
            selections.append(TaskSelection(packs=None, file=file))
    if packs or not what:
        registry = load_packs()
        known = registry.versions.keys() | {pack.name for pack in registry.broken}
        for name in packs:
            if name not in known:
                raise UnknownNameError("pack", name, known, where="tasks verify")
        selections += [
            TaskSelection(packs=(pack.name,))
            for pack in registry.packs
            if not packs or pack.name in packs
        ]
        broken += [
            PackError(pack.reason, where=f"{pack.name} ({pack.distribution})")
            for pack in registry.broken
            if not packs or pack.name in packs
        ]
    return selections, broken


def _verdicts(
    selections: Sequence[TaskSelection], *, quiet: bool, **arguments: Any
) -> list[TaskVerdict]:
    """All verdicts in the order of the tasks; on a terminal with a word on how far it is."""
    from hrlctl.cli.terminal import working

    done: list[TaskVerdict] = []
    order = [task.id for selection in selections for task in selection.load()]
    with working(f"verifying {len(order)} tasks", quiet=quiet) as say:
        from hrlctl.evaluation.verification import verify as play  # imports torch: takes seconds

        for verdict in play(selections, **arguments):
            done.append(verdict)
            say(f"verified {len(done)} of {len(order)} tasks")
    return sorted(done, key=lambda verdict: order.index(verdict.task_id))


def _as_json(
    verdicts: Sequence[TaskVerdict], broken: Sequence[HrlctlError], instances: int, seed: int
) -> dict[str, Any]:
    results = [str(verdict.result) for verdict in verdicts]
    return {
        **{result: results.count(result) for result in _STYLES},
        "instances": instances,
        "seed": seed,
        "tasks": [verdict.to_dict() for verdict in verdicts],
        "broken": [
            {"message": error.message, "where": error.where, "hint": error.hint} for error in broken
        ],
    }


def _print_table(verdicts: Sequence[TaskVerdict], *, quiet: bool) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from hrlctl.cli.terminal import output_console

    console = output_console()
    table = Table(box=box.SIMPLE_HEAD, show_lines=False)
    table.add_column("task", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("steps", justify="right", no_wrap=True)
    table.add_column("what is wrong", overflow="fold", ratio=1)
    for verdict in verdicts:
        if quiet and verdict.result == "verified":
            continue
        remarks = [Text(str(finding)) for finding in verdict.findings]
        remarks += [Text(note, style="dim") for note in verdict.notes]
        table.add_row(
            Text(verdict.task_id),
            Text(verdict.result, style=_STYLES[verdict.result]),
            _steps(verdict),
            Text("\n").join(remarks),
        )
    if table.row_count:
        console.print(table)
    counts = {result: sum(v.result == result for v in verdicts) for result in _STYLES}
    console.print(", ".join(f"{count} {result}" for result, count in counts.items()))


def _steps(verdict: TaskVerdict) -> str:
    """The measured steps, with the actions where turning the wheel makes them vary."""
    if verdict.steps is None or verdict.actions is None:
        return ""
    fewest, most = verdict.actions
    return str(verdict.steps) if fewest == most else f"{verdict.steps} ({fewest}-{most})"
