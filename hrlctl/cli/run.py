"""``hrlctl run``: an instruction of the user's own, carried out while they watch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrlctl.cli.task_instance import DesktopOption, check_suffix, desktop_kind
from hrlctl.errors import ExitCode, HrlctlError

if TYPE_CHECKING:
    from hrlctl.cli.errand_view import ErrandView
    from hrlctl.evaluation.errand import Errand

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl run "Open the calculator"[/cyan]

  [cyan]hrlctl run 'Open "Editor", then type "hello"' --model exported/model.onnx[/cyan]  \
(without torch)

  [cyan]hrlctl run "Open the calculator" --desktop x11 --record run.gif[/cyan]  (a real program)

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
        typer.Option(
            metavar="MODEL",
            help="A .pt file that hrlctl train wrote, or what hrlctl export made of it.",
        ),
    ] = Path("checkpoints/final_model.pt"),
    desktop: DesktopOption = "sim",
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
) -> None:
    """Let an agent carry out an instruction on a desktop with no task behind it, and watch.

    It ends when the agent says that it has finished. Nothing of your own screen is touched.
    """
    kind = desktop_kind(desktop)
    if record is not None:
        check_suffix(record, ".gif", "--record")

    from rich.console import Console

    from hrlctl.desktop.backends import check_available, make_desktop
    from hrlctl.env.observation import check_instruction
    from hrlctl.evaluation.agents import computing_alike, load_agent
    from hrlctl.evaluation.errand import Errand, screen_size
    from hrlctl.evaluation.model_files import device_for

    instruction = check_instruction(instruction)
    check_available(kind)
    with Console(stderr=True).status("loading the model"), computing_alike([model]):
        size = screen_size(model, kind)
        agent = load_agent(model, sampled=sampled, device=device_for(model, device))
        stage = make_desktop(kind, *size)
    try:
        with computing_alike([model]):
            errand = Errand(instruction, agent, stage, kind=kind, max_steps=max_steps, seed=seed)
            _carry_out(errand, _view(errand, as_json=as_json, delay=delay), record)
    finally:
        stage.close()


def _carry_out(errand: Errand, view: ErrandView, record: Path | None) -> None:
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
    except KeyboardInterrupt:
        pass
    if film is not None and record is not None:
        film.write(record, ending, taken)
        typer.echo(f"wrote {record}", err=True)
    if ending is Ending.INTERRUPTED:
        raise typer.Exit(int(ExitCode.INTERRUPTED))
    if ending is Ending.OUT_OF_STEPS:
        raise HrlctlError(
            f"the agent did not say that it has finished within {errand.max_steps} steps",
            hint="give it more with --max-steps, or say it as a task that it was trained on",
        )


def _view(errand: Errand, *, as_json: bool, delay: float) -> ErrandView:
    from rich.console import Console

    from hrlctl.cli.errand_view import JsonErrandView, LiveErrandView, PlainErrandView
    from hrlctl.cli.panel import can_show_panel

    if as_json:
        return JsonErrandView(errand)
    console = Console()
    if can_show_panel(console):
        return LiveErrandView(errand, console, delay)
    return PlainErrandView(errand)
