"""``hrlctl compare``: policies trained alike, over several seeds, measured alike."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

import typer

from hrlctl.cli import train
from hrlctl.cli.output_files import write_text
from hrlctl.cli.output_options import QuietOption
from hrlctl.cli.terminal import output_console, working
from hrlctl.config.launch import process_count
from hrlctl.errors import ExitCode, UnknownNameError, UsageError

if TYPE_CHECKING:
    from hrlctl.config import Resolved
    from hrlctl.schema.run import PolicyKind
    from hrlctl.training.trials import Trial

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl compare --seeds 5 --difficulty HARD --total-timesteps 400000[/cyan]

  [cyan]hrlctl compare --policies hierarchical,flat --seeds 3 --pack desktop_basics --json[/cyan]"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

# Options of hrlctl train that a comparison sets itself.
_OWN: Final = {
    "policy.kind": "--policies says which are compared",
    "output.save_dir": "--output says where everything goes",
    "output.log_dir": "--output says where everything goes",
}
_OF_ONE_TRAINING: Final = ("resume", "init_from", "profile", "dry_run", "as_json")


@app.command(
    "compare",
    epilog=EXAMPLES,
    options_metavar="[OPTIONS] [OPTIONS OF hrlctl train]",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def compare(
    ctx: typer.Context,
    policies: Annotated[
        str, typer.Option(metavar="NAME,NAME", help="What is compared, the first with the others.")
    ] = "hierarchical,flat",
    seeds: Annotated[
        int, typer.Option(min=1, help="Trainings of each; from --seed on, which is 0 without.")
    ] = 5,
    episodes: Annotated[
        int, typer.Option(min=1, help="Held-out episodes that measure each training.")
    ] = 500,
    output: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Everything goes here; what is there is used.")
    ] = Path("comparison"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as one JSON object.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Train several policies alike over several seeds, and compare their success.

    Takes the options of 'hrlctl train'. One training follows the other. Started again, it goes on
    where it was interrupted. FOLDER gets the models, the logs, comparison.json and comparison.svg.
    """
    resolved, plain = _resolve(ctx)
    kinds = _kinds(policies)
    with ExitStack() as stack:
        if as_json or quiet:
            # What is told on the way must not stand in the way of the figures.
            stack.enter_context(redirect_stdout(sys.stderr))
        from hrlctl.training.trials import plan_trials

        trials = plan_trials(resolved.config, kinds, seeds, output)
        for number, trial in enumerate(trials, start=1):
            if not quiet:
                place = f"{number} of {len(trials)}"
                typer.echo(f"{trial.policy}, seed {trial.seed}: {place}", err=True)
            if not trial.is_trained:
                _train(trial, resolved, plain=plain or as_json, quiet=quiet)
            if not trial.evaluation(episodes).is_file():
                _evaluate(trial, episodes, quiet=quiet)
    from hrlctl.cli.comparison_view import comparison_of, picture_of, print_comparison

    found = comparison_of(trials, episodes)
    write_text(output / "comparison.json", json.dumps(found, indent=2) + "\n")
    write_text(output / "comparison.svg", picture_of(found))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        print_comparison(found, output_console())
        if not quiet:
            typer.echo(f"wrote {output / 'comparison.svg'} and comparison.json", err=True)


def _resolve(ctx: typer.Context) -> tuple[Resolved, bool]:
    """The configuration that the options of hrlctl train ask for, and whether they want lines."""
    from hrlctl.config import require_training_enabled, resolve

    command = typer.main.get_command(train.app)
    with command.make_context(ctx.command_path, list(ctx.args)) as training:
        parameters: Mapping[str, Any] = training.params
    given = train.given_options(parameters)
    for key, reason in _OWN.items():
        if key in given:
            raise UsageError(f"{train.OPTIONS[key]} is not for a comparison", hint=reason)
    for name in _OF_ONE_TRAINING:
        if parameters[name]:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is for a single training", hint="use it with hrlctl train")
    require_training_enabled(os.environ)
    resolved = resolve(given, os.environ, parameters["config"], option_names=train.OPTIONS)
    return resolved, bool(parameters["plain"])


def _kinds(names: str) -> list[PolicyKind]:
    from hrlctl.schema.run import PolicyKind

    known: dict[str, PolicyKind] = {kind: kind for kind in get_args(PolicyKind)}
    wanted = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    if not wanted:
        raise UsageError("no policy is named", where="--policies")
    for name in wanted:
        if name not in known:
            raise UnknownNameError("policy", name, known, where="--policies")
    return [known[name] for name in wanted]


def _train(trial: Trial, resolved: Resolved, *, plain: bool, quiet: bool) -> None:
    """Train, or go on training.

    Raises:
        typer.Exit: it was interrupted.
    """
    from hrlctl.cli.training_session import TrainingRequest, watch

    if process_count(os.environ) > 1:
        raise UsageError(
            "trainings are compared by one process, not by several",
            hint="run 'hrlctl compare' without torchrun",
        )
    request = TrainingRequest(
        options={},
        file=None,
        resume=trial.resume,
        init_from=None,
        profile=None,
        dry_run=False,
        plain=plain,
        as_json=False,
        quiet=quiet,
    )
    finished = watch(request, replace(resolved, config=trial.config))
    if finished is None or finished.interrupted:
        typer.echo("go on with the same command", err=True)
        raise typer.Exit(int(ExitCode.INTERRUPTED))


def _evaluate(trial: Trial, episodes: int, *, quiet: bool) -> None:
    from hrlctl.evaluation import evaluate

    with working("measuring", quiet=quiet):
        report = evaluate(trial.model, episodes=episodes, workers=os.cpu_count() or 1)
    write_text(trial.evaluation(episodes), json.dumps(report.to_dict()) + "\n")
