"""``hrlctl export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hrlctl.cli.model_argument import ModelArgument
from hrlctl.cli.output_options import QuietOption
from hrlctl.cli.terminal import output_console, working
from hrlctl.errors import HrlctlError, UnknownNameError, UsageError
from hrlctl.schema.run import EnvironmentConfig
from hrlctl.schema.setup import ScreenSize

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl export checkpoints/final_model.pt --format onnx[/cyan]

  [cyan]hrlctl export checkpoints/final_model.pt --format onnx --quantize int8 --output small[/cyan]

  [cyan]hrlctl export pretrained --screen 320x240 --output real[/cyan]  (for real programs)

  [cyan]hrlctl export checkpoints/final_model.pt --format safetensors --output weights[/cyan]

  [cyan]hrlctl eval exported/model.onnx[/cyan]  (the same agent, without torch)"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

FORMATS, QUANTIZATIONS = ("onnx", "safetensors"), ("int8",)


def _screen_size(text: str) -> ScreenSize:
    width, _, height = text.lower().partition("x")
    try:
        environment = EnvironmentConfig.model_validate(
            {"screen_width": int(width), "screen_height": int(height)}
        )
    except ValueError as error:  # pydantic's is one
        raise UsageError(
            f"no size of a screen: {text!r}",
            where="--screen",
            hint="WIDTHxHEIGHT in pixels: 128x96 to 640x480, both multiples of 8",
        ) from error
    return ScreenSize(environment.screen_width, environment.screen_height)


@app.command("export", epilog=EXAMPLES)
def export(
    checkpoint: ModelArgument,
    file_format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="onnx|safetensors",
            help="The whole agent for ONNX Runtime, or its weights alone.",
            autocompletion=lambda: list(FORMATS),
        ),
    ] = "onnx",
    quantize: Annotated[
        str | None,
        typer.Option(
            metavar="int8",
            help="Write a second model with weights in eight bits, and measure what it loses.",
            autocompletion=lambda: list(QUANTIZATIONS),
        ),
    ] = None,
    episodes: Annotated[
        int,
        typer.Option(min=1, help="Held-out episodes on which that loss in success is measured."),
    ] = 200,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder to write; without an export in it.")
    ] = Path("exported"),
    screen: Annotated[
        ScreenSize | None,
        typer.Option(
            metavar="WxH",
            help="Size of the screens that an ONNX model is for: 320x240 for real programs."
            " Default: those of the training.",
            parser=_screen_size,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as one JSON object.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Export an agent, and prove that the exported model answers as the checkpoint does.

    The ONNX model is run beside the checkpoint on 1,000 observations. Where they differ the files
    stay, the difference is shown and the exit code is 1.
    """
    if file_format not in FORMATS:
        raise UnknownNameError("format", file_format, FORMATS, where="--format")
    if quantize is not None and quantize not in QUANTIZATIONS:
        raise UnknownNameError("quantization", quantize, QUANTIZATIONS, where="--quantize")
    if quantize and file_format != "onnx":
        raise UsageError(
            "only ONNX models are quantized", where="--quantize", hint="use --format onnx"
        )
    if screen and file_format != "onnx":
        raise UsageError("weights are for any size", where="--screen", hint="use --format onnx")
    with working("exporting; this takes a minute", quiet=quiet):
        from hrlctl.export.exporter import export_onnx, export_safetensors  # takes seconds

        report: dict[str, Any]
        if file_format == "safetensors":
            exported = [export_safetensors(checkpoint, output)]
        else:
            exported = export_onnx(checkpoint, output, quantize=quantize is not None, screen=screen)
        report = {"format": file_format, "models": [model.to_dict() for model in exported]}
    if quantize:
        with working(f"running {episodes} episodes with each model", quiet=quiet):
            report["success"] = [
                {"path": str(model.path), **_success(model.path, episodes)} for model in exported
            ]
    if as_json:
        typer.echo(json.dumps(report))
    else:
        from hrlctl.cli.export_view import print_export

        print_export(report, output_console())
    comparison = exported[0].comparison
    if comparison is not None and not comparison.matches:
        different = comparison.observations - comparison.same_choices
        raise HrlctlError(
            f"the exported model does not answer as the checkpoint does: {different} of"
            f" {comparison.observations} choices differ, and {comparison.worst_head} by up to"
            f" {comparison.largest_difference:.2g}",
            where=str(exported[0].path),
            hint="the files are kept, for you to look into; do not deploy them",
        )


def _success(model: Path, episodes: int) -> dict[str, Any]:
    from hrlctl.evaluation import evaluate

    overall = evaluate(model, episodes=episodes).overall
    return {
        "episodes": overall.episodes,
        "success_rate": overall.success_rate,
        "success_ci95": list(overall.success_ci95),
    }
