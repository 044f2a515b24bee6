"""``hrlctl run``: an instruction of the user's own, carried out while they watch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrlctl.cli.completers import PRETRAINED, complete_model
from hrlctl.cli.consent import ask_for_the_screen
from hrlctl.cli.model_argument import HELP, model_file
from hrlctl.cli.output_options import QuietOption
from hrlctl.cli.task_instance import check_suffix, desktop_kind
from hrlctl.errors import ExitCode, HrlctlError, UsageError

if TYPE_CHECKING:
    from hrlctl.cli.errand_view import ErrandView
    from hrlctl.desktop.contract import Desktop
    from hrlctl.evaluation.errand import Errand, ErrandDesktop

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl run "Open the calculator"[/cyan]

  [cyan]hrlctl run 'Open "Editor", then type "hello"' --model exported/model.onnx[/cyan]  \
(without torch)

  [cyan]hrlctl run "Open the calculator" --desktop x11 --record run.gif[/cyan]  (a real program)

  [cyan]hrlctl run 'Open "Calculator"' --desktop native --allow-native[/cyan]  (on your own screen)

[bold]Exit codes[/bold]

  0 the agent said that it has finished, 1 it did not within its steps, 130 Ctrl-C.
  Whether it was right is for you to judge: nobody knows what your instruction asks for."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.command("run", epilog=EXAMPLES)
def run(
    instruction: Annotated[
        str, typer.Argument(help="What is to be done. Quote names that stand on the screen.")
    ],
    model: Annotated[
        Path,
        typer.Option(metavar="MODEL", help=HELP, parser=model_file, autocompletion=complete_model),
    ] = PRETRAINED,  # type: ignore[assignment]  # the parser makes the path of it
    desktop: Annotated[
        str,
        typer.Option(
            metavar="sim|x11|native",
            help="The simulator, real programs on a private display, or your own screen.",
            autocompletion=lambda: ["sim", "x11", "native"],
        ),
    ] = "sim",
    allow_native: Annotated[
        bool,
        typer.Option(
            "--allow-native", help="Let the agent operate your own screen, once you confirm it."
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same seed, same desktop.")] = 0,
    max_steps: Annotated[
        int, typer.Option(min=1, max=1000, help="The run ends after so many steps.")
    ] = 30,
    sampled: Annotated[
        bool,
        typer.Option(
            "--sampled", help="Draw actions as in training instead of taking the likeliest."
        ),
    ] = False,
    delay: Annotated[
        float,
        typer.Option(
            min=0,
            max=60,
            metavar="SECONDS",
            help="How long each screen is shown on a terminal, at least.",
        ),
    ] = 0.5,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE.gif", help="Write an animation as well.")
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="auto|cpu|cuda", help="Where it runs.", envvar="DEVICE")
    ] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line: each step, and the end.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Let an agent carry out an instruction on a desktop with no task behind it, and watch.

    It ends when the agent says that it has finished. Nothing of your own screen is touched, unless
    you say --desktop native --allow-native and confirm it.
    """
    kind: ErrandDesktop = "native" if desktop == "native" else desktop_kind(desktop)
    if (kind == "native") != allow_native:
        raise UsageError(
            "--desktop native and --allow-native go together: the agent acts on your own screen",
            hint="leave both out for a desktop of its own",
        )
    if record is not None:
        check_suffix(record, ".gif", "--record")

    from hrlctl.cli.terminal import working
    from hrlctl.env.observation import check_instruction
    from hrlctl.evaluation.agents import computing_alike, load_agent
    from hrlctl.evaluation.errand import Errand
    from hrlctl.evaluation.model_files import device_for

    instruction = check_instruction(instruction)
    with working("loading the model", quiet=quiet), computing_alike([model]):
        agent = load_agent(model, sampled=sampled, device=device_for(model, device))
        stage = _stage(kind, model)
    try:
        if kind == "native":
            ask_for_the_screen(instruction, max_steps)
        with computing_alike([model]):
            errand = Errand(instruction, agent, stage, kind=kind, max_steps=max_steps, seed=seed)
            view = _view(errand, as_json=as_json, quiet=quiet, delay=delay)
            _carry_out(errand, view, record, quiet=quiet)
    finally:
        stage.close()


def _stage(kind: ErrandDesktop, model: Path) -> Desktop:
    """The desktop, with the screen that the agent in ``model`` takes."""
    from hrlctl.evaluation.model_files import exported_size, screen_size

    if kind == "native":
        from hrlctl.desktop.native import NativeDesktop

        return NativeDesktop(exported_size(model))
    from hrlctl.desktop.backends import check_available, make_desktop

    check_available(kind)
    return make_desktop(kind, *screen_size(model, kind))


def _carry_out(errand: Errand, view: ErrandView, record: Path | None, *, quiet: bool) -> None:
    """Carry it out before the user's eyes; the film is written however it ends."""
    from hrlctl.cli.errand_film import ErrandFilm
    from hrlctl.cli.errand_view import Ending

    film = ErrandFilm(errand) if record is not None else None
    ending = Ending.INTERRUPTED
    taken = 0
    try:
        with view:
            try:
                for step in errand.steps():
                    if film is not None:
                        film.add(step)
                    view.show(step)
                    taken = step.number
                    if step.is_done:
                        ending = Ending.SAID_DONE
                if ending is not Ending.SAID_DONE:
                    ending = Ending.OUT_OF_STEPS
            finally:
                view.end(ending, taken)
    except KeyboardInterrupt as interruption:
        if interruption.args:  # not by Ctrl-C
            typer.echo(f"stopped: {interruption}", err=True)
    if film is not None and record is not None:
        film.write(record, ending, taken)
        if not quiet:
            typer.echo(f"wrote {record}", err=True)
    if ending is Ending.INTERRUPTED:
        raise typer.Exit(int(ExitCode.INTERRUPTED))
    if ending is Ending.OUT_OF_STEPS:
        raise HrlctlError(
            f"the agent did not say that it has finished within {errand.max_steps} steps",
            hint="give it more with --max-steps, or say it as a task that it was trained on",
        )


def _view(errand: Errand, *, as_json: bool, quiet: bool, delay: float) -> ErrandView:
    from rich.console import Console

    from hrlctl.cli.errand_view import (
        JsonErrandView,
        LiveErrandView,
        PlainErrandView,
        QuietErrandView,
    )
    from hrlctl.cli.panel import can_show_panel

    if as_json:
        shown = JsonErrandView(errand)
        return QuietErrandView(errand, shown) if quiet else shown
    if quiet:
        return QuietErrandView(errand, PlainErrandView(errand))
    console = Console()
    if can_show_panel(console):
        return LiveErrandView(errand, console, delay)
    return PlainErrandView(errand)
