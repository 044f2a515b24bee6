"""What ``hrlctl train`` does: resolve, run the engine, show its events, say how to go on."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from hrlctl.cli.interruption import StopRequest, stopping_on_signals
from hrlctl.cli.jsonlines import JsonRenderer
from hrlctl.cli.plain import PlainRenderer
from hrlctl.cli.renderer import QuietRenderer, SilentRenderer
from hrlctl.cli.terminal import output_console
from hrlctl.cli.train import OPTIONS
from hrlctl.config import Resolved, StoredConfig, require_training_enabled, resolve
from hrlctl.config.launch import process_count
from hrlctl.errors import ExitCode, UsageError
from hrlctl.events import Event, RunFinished, RunStarted, WarningRaised

if TYPE_CHECKING:
    from hrlctl.cli.renderer import Renderer
    from hrlctl.schema.run import RunConfig


@dataclass(frozen=True)
class TrainingRequest:
    """What the user asked for; ``options`` by configuration key."""

    options: Mapping[str, object]
    file: Path | None
    resume: Path | None
    init_from: Path | None
    profile: Path | None
    dry_run: bool
    plain: bool
    as_json: bool
    quiet: bool


def run_training(request: TrainingRequest) -> None:
    """Train as requested.

    Raises:
        HrlctlError: what the user asked for cannot be done.
        typer.Exit: the run was interrupted.
    """
    if request.resume is not None and request.init_from is not None:
        raise UsageError(
            "--resume and --init-from exclude each other",
            hint="--resume goes on with a run; --init-from starts one with a checkpoint's weights",
        )
    if request.plain and request.as_json:
        raise UsageError("--plain and --json exclude each other")
    if not request.dry_run:
        require_training_enabled(os.environ)
    options = dict(OPTIONS)
    if request.options.get("curriculum.enabled") is False:
        options["curriculum.enabled"] = "--no-curriculum"
    resolved = resolve(
        request.options,
        os.environ,
        request.file,
        option_names=options,
        stored=_stored_config(request.resume) if request.resume is not None else None,
    )
    if request.dry_run:
        _show_configuration(resolved, as_json=request.as_json)
        return
    finished = watch(request, resolved)
    if finished is not None and finished.interrupted:
        if finished.resume_from is not None:
            command = (
                "the same torchrun command and" if process_count(os.environ) > 1 else "hrlctl train"
            )
            typer.echo(f"go on with: {command} --resume {finished.resume_from}", err=True)
        raise typer.Exit(int(ExitCode.INTERRUPTED))
    is_chatty = not request.as_json and not request.quiet
    if finished is not None and finished.final_model is not None and is_chatty:
        typer.echo(f"measure it with: hrlctl eval {finished.final_model}", err=True)


def _stored_config(checkpoint: Path) -> StoredConfig:
    """What the run was started with: it goes on so, but for what the user gives anew."""
    from hrlctl.training.run import stored_config  # imports torch

    return StoredConfig(stored_config(checkpoint), checkpoint)


def watch(request: TrainingRequest, resolved: Resolved) -> RunFinished | None:
    """Run to the end; every event goes to TensorBoard, the run's folder and the screen.

    Of several processes only the first one does so, and returns how the run ended.
    """
    finished = None
    is_one_of_several = process_count(os.environ) > 1
    speaks = not is_one_of_several or os.environ["RANK"] == "0"
    with ExitStack() as stack:
        renderer = stack.enter_context(_renderer(request) if speaks else SilentRenderer())
        stop = stack.enter_context(
            stopping_on_signals(renderer.announce_stop, is_patient=is_one_of_several)
        )
        for message in resolved.warnings:
            renderer.show(WarningRaised(steps=0, message=message))
        # Only now: importing torch takes seconds, and the panel says so meanwhile.
        from hrlctl.packs import load_packs
        from hrlctl.training.run_folder import RunFolder
        from hrlctl.training.tensorboard import TensorBoardWriter

        board, records = None, None
        for event in _events(request, resolved.config, stop):
            if isinstance(event, RunStarted) and speaks:
                folder = resolved.config.output.log_dir / _run_name(event)
                records = RunFolder(
                    folder,
                    resolved.config,
                    event,
                    command=("hrlctl", *sys.argv[1:]),
                    packs=load_packs().versions,
                )
                board = TensorBoardWriter(folder)
                stack.callback(board.close)
            if board is not None:
                board.record(event)
            renderer.show(event)
            if records is not None and (warning := records.record(event)) is not None:
                renderer.show(warning)
            if isinstance(event, RunFinished) and speaks:
                finished = event
    return finished


def _events(request: TrainingRequest, config: RunConfig, stop: StopRequest) -> Iterator[Event]:
    from hrlctl.training.run import train

    return train(
        config,
        resume=request.resume,
        init_from=request.init_from,
        profile=request.profile,
        stop=stop,
    )


def _renderer(request: TrainingRequest) -> Renderer:
    if request.quiet:
        end = JsonRenderer() if request.as_json else PlainRenderer()
        return QuietRenderer(warnings=PlainRenderer(sys.stderr), end=end)
    if request.as_json:
        return JsonRenderer()
    if not request.plain:
        from hrlctl.cli.panel import PanelRenderer, can_show_panel

        console = Console()
        if can_show_panel(console):
            return PanelRenderer(console)
    return PlainRenderer()


def _run_name(started: RunStarted) -> str:
    """A folder of its own for each start: TensorBoard draws one curve a folder."""
    return f"{started.policy}-seed{started.seed}-{datetime.now():%Y%m%d-%H%M%S}"


def _show_configuration(resolved: Resolved, *, as_json: bool) -> None:
    from hrlctl.cli.configuration_view import json_of, print_configuration

    if as_json:
        typer.echo(json.dumps(json_of(resolved), indent=2))
    else:
        print_configuration(resolved, output_console())
    for warning in resolved.warnings:
        print(f"warning: {warning}", file=sys.stderr)
