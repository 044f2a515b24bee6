"""A checkpoint that answers as an exported model does, in torch."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.evaluation.model_files import origin
from hrlctl.export.agent import AgentInputs, AgentOutputs, GreedyAgent, state_tensor
from hrlctl.export.manifest import describe
from hrlctl.export.origin import training_summary
from hrlctl.policy.files import read_model
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.runtime.model import Answer, Arrays
from hrlctl.schema.exported_model import ExportedModelInfo


class CheckpointModel:
    """A policy that takes the likeliest choices, arrays in and out.

    Args:
        policy: in evaluation mode.
        info: what ``model.json`` would say of it.
    """

    def __init__(self, policy: HierarchicalPolicy, info: ExportedModelInfo) -> None:
        self.info = info
        self._policy = policy
        self._agent = GreedyAgent(policy)

    @classmethod
    def load(cls, path: Path, *, device: str) -> Self:
        """The policy in a model file.

        Raises:
            CheckpointError: the file cannot be used.
        """
        where = str(path)
        content = read_model(path)
        policy = HierarchicalPolicy.from_content(content, where=where)
        environment = origin(path).config.environment
        training = training_summary(content, where=where)
        size = environment.screen_width, environment.screen_height
        info = describe(policy, content, training, *size, files={})
        return cls(policy.to(device), info)

    def initial_state(self, batch: int) -> npt.NDArray[np.int64]:
        initial: npt.NDArray[np.int64] = (
            state_tensor(self._policy.initial_state(batch)).cpu().numpy()
        )
        return initial

    def act(self, observations: Arrays, state: npt.NDArray[np.int64]) -> Answer:
        given = {**observations, "state": state}
        device = self._policy.device
        with torch.inference_mode():
            inputs = AgentInputs(
                *(torch.from_numpy(given[name]).to(device) for name in AgentInputs._fields)
            )
            outputs: AgentOutputs = self._agent(*inputs)
        named = {name: part.cpu().numpy() for name, part in outputs._asdict().items()}
        return Answer(
            named.pop("action"), named.pop("next_state"), named.pop("done_probability"), named
        )
