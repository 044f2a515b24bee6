"""The trials of a comparison: what they have in common, and what is done already."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hrlctl.errors import StorageError, UsageError
from hrlctl.schema.run import RunConfig, TrainingConfig
from hrlctl.training.trials import SETTINGS_NAME, plan_trials

CONFIG = RunConfig(training=TrainingConfig(seed=3, gamma=0.97))


def test_each_policy_is_trained_with_each_seed_in_a_folder_of_its_own(tmp_path: Path) -> None:
    trials = plan_trials(CONFIG, ["hierarchical", "flat"], 2, tmp_path)
    assert [(trial.policy, trial.seed) for trial in trials] == [
        ("hierarchical", 3),
        ("flat", 3),
        ("hierarchical", 4),
        ("flat", 4),
    ]
    assert len({trial.folder for trial in trials}) == 4
    for trial in trials:
        assert trial.config.policy.kind == trial.policy
        assert trial.config.training.seed == trial.seed
        assert trial.config.training.gamma == 0.97
        assert trial.folder in trial.config.output.save_dir.parents
        assert trial.resume is None
        assert not trial.is_trained


def test_what_was_begun_is_gone_on_with(tmp_path: Path) -> None:
    (trial,) = plan_trials(CONFIG, ["flat"], 1, tmp_path)
    saved = trial.config.output.save_dir
    saved.mkdir(parents=True)
    for age, name in enumerate(("interrupted.pt", "checkpoint_20000.pt", "checkpoint_10000.pt")):
        (saved / name).touch()
        os.utime(saved / name, (1000 - age, 1000 - age))
    (again,) = plan_trials(CONFIG, ["flat"], 1, tmp_path)
    assert again.resume == saved / "interrupted.pt"
    assert not again.is_trained
    (saved / "final_model.pt").touch()
    assert again.is_trained


def test_a_folder_holds_one_comparison(tmp_path: Path) -> None:
    plan_trials(CONFIG, ["flat"], 1, tmp_path)
    plan_trials(CONFIG, ["hierarchical"], 5, tmp_path)  # more of the same
    other = CONFIG.model_copy(update={"training": TrainingConfig(seed=3, gamma=0.98)})
    with pytest.raises(UsageError, match=r"training\.gamma") as caught:
        plan_trials(other, ["flat"], 1, tmp_path)
    assert caught.value.where == str(tmp_path)
    (tmp_path / SETTINGS_NAME).write_text("{")
    with pytest.raises(StorageError):
        plan_trials(CONFIG, ["flat"], 1, tmp_path)
