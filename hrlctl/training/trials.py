"""The trainings of a comparison: one for each policy and seed, each in a folder of its own.

What is finished is not trained again, what was begun is gone on with: the folder says which.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hrlctl.errors import StorageError, UsageError
from hrlctl.schema.run import PolicyKind, RunConfig
from hrlctl.training.checkpoint import FINAL_NAME

SETTINGS_NAME: Final = "settings.json"


@dataclass(frozen=True)
class Trial:
    """One training of a comparison.

    Attributes:
        folder: holds its checkpoints, its logs and, at the end, its evaluations.
        config: of its training.
    """

    policy: PolicyKind
    seed: int
    folder: Path
    config: RunConfig

    @property
    def model(self) -> Path:
        """Where its model is once it is trained."""
        return self.config.output.save_dir / FINAL_NAME

    def evaluation(self, episodes: int) -> Path:
        """Where its evaluation is once it is measured on so many episodes."""
        return self.folder / f"evaluation_{episodes}.json"

    @property
    def is_trained(self) -> bool:
        return self.model.is_file()

    @property
    def resume(self) -> Path | None:
        """The newest checkpoint, if it was begun before."""
        saved = self.config.output.save_dir.glob("*.pt")
        return max(saved, key=lambda path: path.stat().st_mtime_ns, default=None)


def plan_trials(
    config: RunConfig, policies: Sequence[PolicyKind], seeds: int, folder: Path
) -> list[Trial]:
    """The trials of a comparison, seed by seed, so that every policy is soon known a little.

    Args:
        config: what all of them have in common.
        policies: that are compared.
        seeds: how many trainings of each; from the configured seed on.
        folder: of the comparison; made where it does not exist.

    Raises:
        UsageError: the folder holds a comparison with other settings.
        StorageError: it cannot be read or written.
    """
    _remember(config, folder)
    trials = []
    for seed in range(config.training.seed, config.training.seed + seeds):
        for policy in policies:
            own = folder / f"{policy}-seed{seed}"
            output = config.output.model_copy(
                update={"save_dir": own / "checkpoints", "log_dir": own / "logs"}
            )
            training = config.training.model_copy(update={"seed": seed, "keep": 1})
            network = config.policy.model_copy(update={"kind": policy})
            update = {"output": output, "training": training, "policy": network}
            trials.append(Trial(policy, seed, own, config.model_copy(update=update)))
    return trials


def _remember(config: RunConfig, folder: Path) -> None:
    """Write down what the trials have in common, or make sure that it is the same as before."""
    settings = config.model_dump(mode="json", exclude={"output"})
    for section, key in (("training", "seed"), ("training", "keep"), ("policy", "kind")):
        del settings[section][key]
    path = folder / SETTINGS_NAME
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
            return
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"the comparison's settings cannot be read or written: {error}",
            where=str(path),
            hint="choose another folder with --output",
        ) from None
    default = RunConfig().model_dump(mode="json")  # of keys that are newer than the comparison
    different = [
        f"{section}.{key}"
        for section, keys in settings.items()
        for key, value in keys.items()
        if before.get(section, {}).get(key, default.get(section, {}).get(key)) != value
    ]
    if different:
        raise UsageError(
            f"the folder holds a comparison with another {' and '.join(different)}",
            where=str(folder),
            hint="ask for the same, or choose another folder with --output",
        )
