"""``hrlctl tasks``: what tasks there are, whether they are sound, and how to write them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer

from hrlctl.cli.completers import complete_pack
from hrlctl.cli.errors import report
from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.cli.task_instance import desktop_kind
from hrlctl.cli.tasks_demo import demo
from hrlctl.cli.tasks_new import new, schema
from hrlctl.cli.tasks_show import show
from hrlctl.cli.tasks_verify import verify
from hrlctl.cli.terminal import echo
from hrlctl.errors import ExitCode, HrlctlError, PackError, UnknownNameError
from hrlctl.packs.files import load_task_file, names_a_file
from hrlctl.packs.instances import Task
from hrlctl.packs.plugins import find_criteria
from hrlctl.packs.registry import Registry, load_packs
from hrlctl.packs.reward_terms import find_reward_terms
from hrlctl.schema.base import Difficulty
from hrlctl.schema.setup import DesktopKind

SUMMARY = "List, show, check and write tasks."

EXAMPLES: Final = {
    "list": ("hrlctl tasks list --pack desktop_basics", "hrlctl tasks list --difficulty EASY"),
    "validate": ("hrlctl tasks validate my_tasks.yaml", "hrlctl tasks validate desktop_basics"),
    "verify": ("hrlctl tasks verify my_tasks.yaml", "hrlctl tasks verify workflows --instances 5"),
    "show": (
        "hrlctl tasks show desktop_basics/open-icon",
        "hrlctl tasks show desktop_basics/open-icon --instance 3 --picture first.png",
    ),
    "demo": (
        "hrlctl tasks demo workflows/send-a-file",
        "hrlctl tasks demo linux_apps/create-folder --desktop x11",
        "hrlctl tasks demo desktop_basics/open-icon --record demo.gif",
    ),
    "new": ("hrlctl tasks new my_tasks",),
    "schema": ("hrlctl tasks schema > pack.schema.json",),
}


def _epilog(command: str) -> str:
    lines = (f"  [cyan]{example}[/cyan]" for example in EXAMPLES[command])
    return "\n\n".join(["[bold]Examples[/bold]", *lines])


app = typer.Typer(add_completion=False, no_args_is_help=True, help=SUMMARY, rich_markup_mode="rich")


@app.callback(help=SUMMARY)
def tasks() -> None:
    """Stands for the commands below."""


@app.command("list", epilog=_epilog("list"))
def list_tasks(
    pack: Annotated[
        str | None, typer.Option(help="Only this pack's.", autocompletion=complete_pack)
    ] = None,
    difficulty: Annotated[
        str | None, typer.Option(help="Only EASY, MEDIUM or HARD ones.", metavar="DIFFICULTY")
    ] = None,
    desktop: Annotated[
        str | None,
        typer.Option(
            help="Only those that can be played there.",
            metavar="sim|x11",
            autocompletion=lambda: list(get_args(DesktopKind)),
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Every task with its pack, difficulty and steps; broken packs with their reason.

    With --quiet the ids alone.
    """
    level = _difficulty(difficulty)
    kind = desktop_kind(desktop)
    registry = load_packs()
    chosen = tuple(
        task
        for task in registry.tasks(pack=pack, difficulty=level)
        if kind in (None, *task.spec.desktops)
    )
    if as_json:
        typer.echo(json.dumps(_as_json(registry, chosen), indent=2))
        return
    if quiet:
        typer.echo("".join(f"{task.id}\n" for task in chosen), nl=False)
    else:
        _print_table(chosen)
    for broken in registry.broken:
        mark = typer.style("broken: ", fg="red", bold=True)
        echo(f"{mark}{broken.name} ({broken.distribution}): {broken.reason}", err=True)


@app.command(epilog=_epilog("validate"))
def validate(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files of tasks or names of packs; without any, all packs.",
            metavar="[PATH|PACK]...",
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check files and packs without running them; exits 4 if anything is wrong."""
    results = _validated(what or [])
    if not what and (broken := _broken_plugins()):
        results.insert(0, ("criteria and reward terms", broken, 0))
    if as_json:
        typer.echo(json.dumps({"checked": [_verdict(*result) for result in results]}))
    for name, problems, count in results:
        for problem in problems if not as_json else ():
            report(problem)
        if not problems and not quiet and not as_json:
            typer.echo(f"{name}: {count} {'task' if count == 1 else 'tasks'}, all valid")
    if any(problems for _, problems, _ in results):
        raise typer.Exit(ExitCode.PACK_INVALID)


app.command(epilog=_epilog("verify"))(verify)
app.command(epilog=_epilog("show"))(show)
app.command(epilog=_epilog("demo"))(demo)
app.command(epilog=_epilog("new"))(new)
app.command(epilog=_epilog("schema"))(schema)


def _verdict(name: str, problems: list[HrlctlError], count: int) -> dict[str, Any]:
    return {
        "name": name,
        "tasks": count,
        "is_valid": not problems,
        "problems": [
            {"message": problem.message, "where": problem.where, "hint": problem.hint}
            for problem in problems
        ],
    }


def _difficulty(name: str | None) -> Difficulty | None:
    if name is None:
        return None
    if name.upper() not in Difficulty.__members__:
        raise UnknownNameError("difficulty", name, Difficulty.__members__, where="--difficulty")
    return Difficulty[name.upper()]


def _as_json(registry: Registry, chosen: tuple[Task, ...]) -> dict[str, Any]:
    return {
        "tasks": [
            {
                "id": task.id,
                "pack": task.pack,
                "difficulty": task.difficulty.value,
                "num_steps": task.num_steps,
                "max_steps": task.max_steps,
                "desktops": list(task.spec.desktops),
                "has_oracle": bool(task.spec.oracle),
                "instruction": task.spec.instruction.training[0],
            }
            for task in chosen
        ],
        "broken": [
            {"name": b.name, "distribution": b.distribution, "reason": b.reason}
            for b in registry.broken
        ],
    }


def _print_table(chosen: tuple[Task, ...]) -> None:
    """A line a task; on a terminal instructions are cut to its width.

    Rich would take a tenth of the whole command for it.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    longest = max((len(task.id) for task in chosen), default=0)
    typer.secho(f"{'task':{longest}}  difficulty  steps  instruction", bold=True)
    for task in chosen:
        instruction = " ".join(task.spec.instruction.training[0].split())
        line = f"{task.id:{longest}}  {task.difficulty.value:10}  {task.num_steps:5}  {instruction}"
        typer.echo(line if width is None or len(line) <= width else f"{line[: width - 1]}…")


def _validated(what: list[str]) -> list[tuple[str, list[HrlctlError], int]]:
    """Name, problems and number of tasks of each file and pack."""
    results = []
    files = [name for name in what if names_a_file(name)]
    packs = [name for name in what if not names_a_file(name)]
    for name in files:
        try:
            loaded = load_task_file(Path(name))
        except HrlctlError as error:
            results.append((name, [error], 0))
        else:
            results.append((name, _mislabelled(loaded), len(loaded)))
    if packs or not what:
        results += _validated_packs(packs)
    return results


def _validated_packs(names: list[str]) -> list[tuple[str, list[HrlctlError], int]]:
    registry = load_packs()
    known = registry.versions.keys() | {broken.name for broken in registry.broken}
    for name in names:
        if name not in known:
            raise UnknownNameError("pack", name, known, where="tasks validate")
    results: list[tuple[str, list[HrlctlError], int]] = [
        (pack.name, _mislabelled(pack.tasks), len(pack.tasks))
        for pack in registry.packs
        if not names or pack.name in names
    ]
    for broken in registry.broken:
        if not names or broken.name in names:
            place = f"{broken.name} ({broken.distribution})"
            results.append((broken.name, [HrlctlError(broken.reason, where=place)], 0))
    return results


def _broken_plugins() -> list[HrlctlError]:
    """Criteria and reward terms that are installed and cannot be used."""
    broken: list[HrlctlError] = []
    loaders: list[Callable[[], type]] = [*find_criteria().values(), *find_reward_terms().values()]
    for load in loaders:
        try:
            load()
        except PackError as error:
            broken.append(error)
    return broken


def _mislabelled(loaded: tuple[Task, ...]) -> list[HrlctlError]:
    """Tasks whose difficulty is not that of their number of steps."""
    return [
        HrlctlError(
            f"{task.difficulty} does not go with {task.num_steps} steps",
            where=task.where,
            hint=f"{task.num_steps} steps are {Difficulty.of_steps(task.num_steps)}",
        )
        for task in loaded
        if Difficulty.of_steps(task.num_steps) is not task.difficulty
    ]
