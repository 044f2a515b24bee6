"""The warm start of a run: its phases, going on exactly from any of them, what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hrlctl.errors import CheckpointError
from hrlctl.events import (
    CheckpointSaved,
    CloningProgressed,
    DemonstrationsPlayed,
    Event,
    RunFinished,
    RunStarted,
    UpdateFinished,
)
from hrlctl.export.origin import without_training
from hrlctl.policy.files import read_model, write_model
from hrlctl.schema.run import RunConfig
from hrlctl.training import warm_start
from hrlctl.training.run import train
from tests.training.test_run import assert_same, make_config

WARM = {
    "demonstrations": 4,
    "minibatches": 1,
    "cloning_epochs": 2,
    "total_timesteps": 96,
    "buffer_size": 32,
    "reading_steps": 128,
    "checkpoint_every": 10**6,
}
ENVIRONMENT = {
    "tasks": ("desktop_basics/open-icon", "desktop_basics/open-menu"),
    "screen_width": 128,
    "screen_height": 96,
}


@pytest.fixture(autouse=True)
def _short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_start, "ROUND", 10)


def warm_config(folder: Path, **training: Any) -> RunConfig:
    return make_config(folder, training=WARM | training, environment=ENVIRONMENT)


def of(kind: type, events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A run from the first demonstration to the end."""
    folder = tmp_path_factory.mktemp("straight")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm_start, "ROUND", 10)
        return folder, list(train(warm_config(folder)))


def test_it_plays_clones_and_goes_on(straight: tuple[Path, list[Event]]) -> None:
    folder, events = straight
    assert events[0].demonstrations == 4  # type: ignore[union-attr]
    (played,) = of(DemonstrationsPlayed, events)
    assert (played.played, played.count, played.steps) == (4, 4, 0)
    rounds = of(CloningProgressed, events)
    assert [event.round for event in rounds] == list(range(1, rounds[0].rounds + 1))
    assert len(rounds) == -(-2 * played.demonstrated_steps // 10)
    seconds = [event.seconds for event in (played, *rounds, *of(UpdateFinished, events))]
    assert seconds == sorted(seconds)
    saved = of(CheckpointSaved, events)
    assert [event.path.name for event in saved] == ["cloned.pt", "final_model.pt"]
    assert events.index(rounds[-1]) < events.index(saved[0])
    updates = of(UpdateFinished, events)
    # Cloning fades over the first half of the run, and there is no phase for perception alone.
    assert ["cloned_worker" in update.losses for update in updates] == [True, True, False]
    assert all("policy" in update.losses for update in updates)
    assert (folder / "cloned.pt").is_file()


@pytest.mark.parametrize("stage", ["cloning", "fading", "faded"])
def test_a_run_that_was_interrupted_ends_with_the_same_weights(
    straight: tuple[Path, list[Event]], tmp_path: Path, stage: str
) -> None:
    wanted = CloningProgressed if stage == "cloning" else UpdateFinished
    count = 2 if stage == "faded" else 1
    events: list[Event] = []
    config = warm_config(tmp_path)
    for event in train(config, stop=lambda: len(of(wanted, events)) >= count):
        events.append(event)
    (finished,) = of(RunFinished, events)
    assert finished.interrupted
    again = list(train(config, resume=finished.resume_from))
    assert len(of(DemonstrationsPlayed, again)) == (0 if stage == "faded" else 1)
    one, two = (read_model(folder / "final_model.pt") for folder in (straight[0], tmp_path))
    assert_same(one["weights"], two["weights"])
    for key in ("optimizer", "curriculum", "random", "collector", "warm_start"):
        assert_same(one["training"][key], two["training"][key], key)


def test_weights_that_it_starts_from_act_in_demonstrations_also_when_it_is_resumed(
    straight: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    weights = straight[0] / "cloned.pt"
    for folder in (tmp_path / "whole", tmp_path / "halves"):
        folder.mkdir()
    list(train(warm_config(tmp_path / "whole"), init_from=weights))
    config = warm_config(tmp_path / "halves")
    events: list[Event] = []
    for event in train(
        config, init_from=weights, stop=lambda: len(of(CloningProgressed, events)) >= 2
    ):
        events.append(event)
    (finished,) = of(RunFinished, events)
    list(train(config, resume=finished.resume_from))
    one, two = (read_model(tmp_path / name / "final_model.pt") for name in ("whole", "halves"))
    assert_same(one["weights"], two["weights"])
    assert one["training"]["warm_start"]["pupil"] is None  # nobody needs it any more
    halfway = read_model(finished.resume_from)["training"]["warm_start"]["pupil"]
    assert_same(halfway, read_model(weights)["weights"])


def test_the_number_of_demonstrations_stays(
    straight: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError) as caught:
        next(train(warm_config(tmp_path, demonstrations=7), resume=straight[0] / "cloned.pt"))
    assert "--demonstrations" in (caught.value.hint or "")


def test_who_starts_from_the_weights_inherits_the_demonstrations(
    straight: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    config = warm_config(tmp_path, demonstrations=0, total_timesteps=32)
    first, *_ = train(config, init_from=straight[0] / "cloned.pt")
    assert isinstance(first, RunStarted)
    assert first.demonstrations == 4
    content = read_model(straight[0] / "cloned.pt")
    write_model(tmp_path / "shipped.pt", without_training(content, where="cloned.pt"))
    shipped, *_ = train(config, init_from=tmp_path / "shipped.pt")
    assert isinstance(shipped, RunStarted)
    assert shipped.demonstrations == 4
    resumed, *_ = train(warm_config(tmp_path), resume=straight[0] / "cloned.pt")
    assert isinstance(resumed, RunStarted)
    assert resumed.demonstrations == 4
