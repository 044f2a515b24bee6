"""The model that is served: an exported one as it is, or a checkpoint that answers like one."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hrlctl.evaluation.agents import EXPORTED
from hrlctl.evaluation.model_files import device_for
from hrlctl.runtime.model import Answer, Arrays, ExportedModel
from hrlctl.schema.exported_model import ExportedModelInfo


class Model(Protocol):
    """Answers batches of observations; keeps nothing from one to the next."""

    @property
    def info(self) -> ExportedModelInfo:
        """What it is."""

    def initial_state(self, batch: int) -> npt.NDArray[np.int64]:
        """The state before the first step of ``batch`` episodes, (batch, parts)."""

    def act(self, observations: Arrays, state: npt.NDArray[np.int64]) -> Answer:
        """Take one step: the inputs but the state, by name, and the state."""


def load_model(path: Path, *, device: str = "auto") -> Model:
    """The model in a file; an exported one without torch.

    Raises:
        CheckpointError: the file cannot be used.
        UnknownNameError, UsageError: there is no such device, or the model does not run on it.
    """
    device = device_for(path, device)
    if path.suffix == EXPORTED:
        return ExportedModel.load(path)
    from hrlctl.serve.checkpoint import CheckpointModel

    return CheckpointModel.load(path, device=device)
