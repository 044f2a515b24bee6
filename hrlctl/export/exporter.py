"""Exporting a checkpoint, and proving that what was exported answers as it does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from hrlctl.errors import CheckpointError, HrlctlError, StorageError, UsageError
from hrlctl.export.comparison import Comparison, compare
from hrlctl.export.manifest import describe, describe_file
from hrlctl.export.origin import training_summary, without_training
from hrlctl.export.recording import record
from hrlctl.packs import Task
from hrlctl.packs.selection import TaskSelection
from hrlctl.policy.files import FORMAT, FORMAT_VERSION, read_model, write_atomically
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.policy.safetensors_file import to_safetensors
from hrlctl.runtime.model import ExportedModel
from hrlctl.schema.base import Difficulty
from hrlctl.schema.exported_model import INFO_NAME
from hrlctl.schema.run import EnvironmentConfig
from hrlctl.schema.setup import ScreenSize

MODEL_NAME: Final = "model.onnx"
QUANTIZED_NAME: Final = "model.int8.onnx"
SAFETENSORS_NAME: Final = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was exported.

    Attributes:
        path: where it is.
        bytes: its size.
        comparison: with the policy; ``None`` for weights alone, which are read back instead.
    """

    path: Path
    bytes: int
    comparison: Comparison | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "path": str(self.path),
            "bytes": self.bytes,
            "comparison": self.comparison.to_dict() if self.comparison else None,
        }


def export_onnx(
    checkpoint: Path,
    folder: Path,
    *,
    quantize: bool = False,
    observations: int = 1000,
    screen: ScreenSize | None = None,
) -> list[Exported]:
    """Write the whole agent as ONNX, ``model.json`` beside it, and compare it with torch.

    A difference is for the caller to judge: the files stay.

    Args:
        checkpoint: a model file or a training checkpoint.
        folder: where to; made if it is not there, and without an export in it.
        quantize: write a second model with weights in eight bits.
        observations: how many both answer.
        screen: the size of the screens that it is for; those that it was trained on without.

    Returns:
        The model, and after it the quantized one.

    Raises:
        CheckpointError: the checkpoint cannot be used.
        UsageError: the folder has an export in it.
        StorageError: the folder cannot be written, or the disk is full.
        HrlctlError: a package that exporting needs is not installed.
    """
    _check_installed()
    from hrlctl.export.graph import to_graph
    from hrlctl.export.quantization import quantized

    content, policy = _read(checkpoint)
    training = training_summary(content, where=str(checkpoint))
    environment = _environment(training.config if training else {}, str(checkpoint))
    tasks = _tasks(content, environment)
    _prepare(folder)
    width, height = screen or (environment.screen_width, environment.screen_height)

    graph = to_graph(policy, width, height)
    files = {MODEL_NAME: graph.SerializeToString()}
    if quantize:
        files[QUANTIZED_NAME] = quantized(graph).SerializeToString()
    described = {
        name: describe_file(data, "int8" if name == QUANTIZED_NAME else "float32")
        for name, data in files.items()
    }
    info = describe(policy, content, training, width, height, described)
    text = info.model_dump_json(indent=1) + "\n"
    for name, data in files.items():
        write_atomically(folder / name, lambda file, data=data: file.write(data))  # type: ignore[misc]
    write_atomically(folder / INFO_NAME, lambda file: file.write(text.encode()))

    recording = record(policy, tasks, width, height, observations)
    return [
        Exported(
            folder / name,
            len(data),
            compare(ExportedModel.load(folder / name), policy, recording),
        )
        for name, data in files.items()
    ]


def export_safetensors(checkpoint: Path, folder: Path) -> Exported:
    """Write the weights as safetensors, and what they are of in the file's metadata.

    Raises:
        CheckpointError: the checkpoint cannot be used.
        UsageError: the folder has an export in it.
        StorageError: the folder cannot be written, or the disk is full.
        HrlctlError: safetensors is not installed.
    """
    content, policy = _read(checkpoint)
    kept = without_training(content, where=str(checkpoint))
    _prepare(folder)
    data = to_safetensors({"format": FORMAT, "format_version": FORMAT_VERSION, **kept})
    path = folder / SAFETENSORS_NAME
    write_atomically(path, lambda file: file.write(data))
    _check_weights(path, policy)
    return Exported(path, len(data), None)


def _check_weights(path: Path, policy: HierarchicalPolicy) -> None:
    written = HierarchicalPolicy.load(path).state_dict()
    for name, weight in policy.state_dict().items():
        if not torch.equal(written[name], weight):
            raise HrlctlError(f"the weights {name!r} were not written as they are", where=str(path))


def _check_installed() -> None:
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise HrlctlError(
            f"exporting needs {error.name}, which is not installed",
            hint="pip install 'hrlctl[export]'",
        ) from error


def _read(checkpoint: Path) -> tuple[dict[str, Any], HierarchicalPolicy]:
    if checkpoint.suffix == ".onnx":
        raise UsageError(
            "an ONNX model cannot be exported again",
            where=str(checkpoint),
            hint="export the checkpoint that it was made from",
        )
    content = read_model(checkpoint)
    return content, HierarchicalPolicy.from_content(content, where=str(checkpoint))


def _environment(config: Mapping[str, Any], where: str) -> EnvironmentConfig:
    try:
        return EnvironmentConfig.model_validate(config.get("environment", {}))
    except ValueError as error:
        raise CheckpointError(
            f"its configuration does not fit this version: {str(error).splitlines()[0]}",
            where=where,
            hint="use the hrlctl version that wrote it, or train anew",
        ) from error


def _tasks(content: Mapping[str, Any], environment: EnvironmentConfig) -> tuple[Task, ...]:
    """What the agent plays to be compared: what it was trained on where that is installed."""
    trained = tuple(content.get("tasks") or ())
    if trained:
        try:
            file = environment.task_file
            return TaskSelection(environment.packs, trained, file=file, desktop="sim").load()
        except HrlctlError:  # other screens serve as well: only that both answer alike is tested
            pass
    return TaskSelection(difficulty=Difficulty.EASY, desktop="sim").load()


def _prepare(folder: Path) -> None:
    """Make the folder, and see that it can be written, before the work begins."""
    taken = [
        name
        for name in (INFO_NAME, MODEL_NAME, QUANTIZED_NAME, SAFETENSORS_NAME)
        if os.path.lexists(folder / name)
    ]
    if taken:
        raise UsageError(
            f"the folder has an export in it already: {', '.join(taken)}",
            where=str(folder),
            hint="choose another folder with --output, or remove that one first",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StorageError(
            f"the folder cannot be written: {error}",
            where=str(folder),
            hint="choose another with --output",
        ) from error
