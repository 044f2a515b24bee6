"""An exported model, run by ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from hrlctl.errors import CheckpointError, HrlctlError
from hrlctl.runtime.interface import action_info, context_info, instruction_info
from hrlctl.schema.exported_model import FORMAT, FORMAT_VERSION, INFO_NAME, ExportedModelInfo

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Arrays = Mapping[str, npt.NDArray[Any]]


class Answer(NamedTuple):
    """What a model answers for a batch of observations."""

    action: npt.NDArray[np.int64]  # (batch, 6)
    state: npt.NDArray[np.int64]  # (batch, parts), for the next step
    done_probability: npt.NDArray[np.float32]  # (batch,)
    heads: Arrays  # all other outputs, by name


class ExportedModel:
    """A model file and what ``model.json`` says of it.

    Args:
        info: how to use it.
        session: runs it.
    """

    def __init__(self, info: ExportedModelInfo, session: InferenceSession) -> None:
        self.info = info
        self._session = session
        self._outputs = tuple(info.outputs)

    @classmethod
    def load(cls, path: Path) -> ExportedModel:
        """Load a model and the ``model.json`` beside it; computes with one thread.

        Raises:
            CheckpointError: a file is missing, damaged, or of another version.
            HrlctlError: ONNX Runtime is not installed.
        """
        info = read_info(path)
        content = _read(path)
        described = info.files.get(path.name)
        if described is None:
            raise CheckpointError(
                f"{INFO_NAME} does not describe this file, but {' and '.join(info.files)}",
                where=str(path),
                hint="keep the files of one export together in a folder of their own",
            )
        if hashlib.sha256(content).hexdigest() != described.sha256:
            raise CheckpointError(
                f"the file is damaged, truncated, or not the one that {INFO_NAME} describes",
                where=str(path),
                hint="export the checkpoint again, or copy both files again",
            )
        return cls(info, session(content, where=str(path)))

    def initial_state(self, batch: int) -> npt.NDArray[np.int64]:
        """The state before the first step of ``batch`` episodes, (batch, parts)."""
        return np.tile(np.array(self.info.state.initial, np.int64), (batch, 1))

    def act(self, observations: Arrays, state: npt.NDArray[np.int64]) -> Answer:
        """Take one step.

        Args:
            observations: the inputs but the state, by name.
            state: from the step before, or ``initial_state``.
        """
        answers = self._session.run(self._outputs, {**observations, "state": state})
        named = dict(zip(self._outputs, answers, strict=True))
        return Answer(
            named.pop("action"), named.pop("next_state"), named.pop("done_probability"), named
        )


def session(model: bytes, *, where: str) -> InferenceSession:
    """ONNX Runtime for a model, on the CPU with one thread, so that sums come out the same.

    Raises:
        CheckpointError: it is no ONNX model, or one that this ONNX Runtime cannot run.
        HrlctlError: ONNX Runtime is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise HrlctlError(
            "exported models need ONNX Runtime, which is not installed",
            hint="pip install 'hrlctl[export]'",
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no other base
        first = str(error).strip().splitlines()[0]
        raise CheckpointError(
            f"ONNX Runtime {onnxruntime.__version__} cannot load it: {first}",
            where=where,
            hint="export the checkpoint again, or update onnxruntime",
        ) from error


def read_info(model: Path) -> ExportedModelInfo:
    """What the ``model.json`` beside a model file says.

    Raises:
        CheckpointError: either is missing, or it is not an export that this version can use.
    """
    if not model.exists():
        raise CheckpointError("there is no such file", where=str(model))
    path = model.with_name(INFO_NAME)
    where = str(path)
    if not path.exists():
        raise CheckpointError(
            f"there is no {INFO_NAME} beside it, which says how it is used",
            where=str(model),
            hint="'hrlctl export' writes both: keep them together",
        )
    try:
        content = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"the file is damaged: {error}", where=where) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError("this is not a model that hrlctl exported", where=where)
    if content.get("format_version") != FORMAT_VERSION:
        raise CheckpointError(
            f"the export has format version {content.get('format_version')}, "
            f"this hrlctl reads {FORMAT_VERSION}",
            where=where,
            hint="use the hrlctl that wrote it, or export the checkpoint again",
        )
    try:
        info = ExportedModelInfo.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CheckpointError(f"{key}: {first['msg']}", where=where) from error
    if (info.instruction, info.context, info.action) != (
        instruction_info(),
        context_info(),
        action_info(),
    ):
        raise CheckpointError(
            "the model reads or acts in another way than this version of hrlctl",
            where=where,
            hint=f"use hrlctl {info.hrlctl_version}, or export a checkpoint of this version",
        )
    return info


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError as error:
        raise CheckpointError(
            "this is a folder", where=str(path), hint="name the .onnx file inside it"
        ) from error
    except OSError as error:
        raise CheckpointError(f"cannot be read: {error}", where=str(path)) from error
