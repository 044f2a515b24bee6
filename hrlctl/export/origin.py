"""Where a model comes from: what a checkpoint says of its training, without the training itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hrlctl import __version__
from hrlctl.errors import CheckpointError
from hrlctl.policy.files import INHERITED
from hrlctl.schema.exported_model import TrainingSummary


def training_summary(content: Mapping[str, Any], *, where: str) -> TrainingSummary | None:
    """How a model file's policy was trained; ``None`` where it does not say.

    Args:
        content: of a training checkpoint, or of a file that was exported from one.
        where: for messages.

    Raises:
        CheckpointError: its training is described as another version does it.
    """
    try:
        if (exported := content.get("summary")) is not None:
            return TrainingSummary.model_validate(exported)
        if (training := content.get("training")) is None:
            return None
        steps, _, seconds = training["position"]
        config = {key: value for key, value in training["config"].items() if key != "output"}
        rates = [
            sum(task["successes"]) / len(task["successes"])
            for task in training["curriculum"]["tasks"].values()
            if task["successes"]
        ]
        rate = sum(rates) / len(rates) if rates else None
        return TrainingSummary(steps=steps, seconds=seconds, success_rate=rate, config=config)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise CheckpointError(
            f"its training is described as another version does it: {str(error).splitlines()[0]}",
            where=where,
            hint="use the hrlctl version that wrote it",
        ) from error


def without_training(content: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """What a file keeps that holds a policy and says of its training only what it was.

    Args:
        content: of a training checkpoint, or of a file that was exported from one.
        where: for messages.

    Raises:
        CheckpointError: its training is described as another version does it.
    """
    training = training_summary(content, where=where)
    kept = {
        "hrlctl_version": content.get("hrlctl_version", __version__),
        "pack_versions": content.get("pack_versions", {}),
        "summary": training.model_dump(mode="json") if training else None,
        INHERITED: content.get(INHERITED, 0),
        "policy_config": content["policy_config"],
        "weights": content["weights"],
    }
    if "tasks" in content:
        kept["tasks"] = list(content["tasks"])
    return kept
