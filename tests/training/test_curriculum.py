"""The curriculum: when a stage is passed, what is played, and going on after an interruption."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from hrlctl.env.vector import EpisodeRecord
from hrlctl.events import StageAdvanced, StageReopened, WarningRaised
from hrlctl.packs import Task
from hrlctl.schema.base import Difficulty
from hrlctl.schema.run import CurriculumConfig
from hrlctl.training.curriculum import WINDOW, Curriculum

MINIMUM = 1000
CONFIG = CurriculumConfig(min_steps_per_stage=MINIMUM)


def episode(task: int, *, success: bool, length: int = 4) -> EpisodeRecord:
    return EpisodeRecord(0, task, success, not success, length, float(success))


def play(curriculum: Curriculum, task: int, episodes: int, successes: int) -> None:
    for number in range(episodes):
        curriculum.record(episode(task, success=number < successes))


@pytest.fixture
def tasks(make_tasks: Callable[..., tuple[Task, ...]]) -> tuple[Task, ...]:
    return make_tasks("EASY", "EASY", "MEDIUM", "HARD")


def test_a_stage_is_passed_at_its_threshold_with_enough_episodes_and_steps(
    tasks: tuple[Task, ...],
) -> None:
    curriculum = Curriculum(CONFIG, tasks)
    assert curriculum.threshold == 0.6
    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW - 1, WINDOW - 1)
    assert curriculum.spend(MINIMUM, MINIMUM) == []  # one episode is missing
    curriculum.record(episode(1, success=True))
    (event,) = curriculum.spend(500, 1500)
    assert event == StageAdvanced(1500, "EASY", "MEDIUM", 1500, 1.0)
    progress = curriculum.stage_progress()
    assert (progress.stage, progress.threshold, progress.steps_in_stage) == ("MEDIUM", 0.5, 0)
    assert progress.steps_by_stage == {"EASY": 1500, "MEDIUM": 0, "HARD": 0}


def test_a_stage_takes_its_least_number_of_steps(tasks: tuple[Task, ...]) -> None:
    curriculum = Curriculum(CONFIG, tasks)
    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW, WINDOW)
    assert curriculum.spend(MINIMUM - 1, MINIMUM - 1) == []
    assert len(curriculum.spend(1, MINIMUM)) == 1


def test_the_threshold_looks_at_the_mean_over_tasks(tasks: tuple[Task, ...]) -> None:
    curriculum = Curriculum(CONFIG, tasks)
    play(curriculum, 0, 20 * WINDOW, 20 * WINDOW)  # however often the easy one is played
    play(curriculum, 1, WINDOW, 9)
    assert curriculum.spend(MINIMUM, MINIMUM) == []  # (1 + 0.18) / 2
    assert curriculum.stage_progress().success_rate == pytest.approx(0.59)
    curriculum.record(episode(0, success=True))
    play(curriculum, 1, WINDOW, 10)
    assert len(curriculum.spend(MINIMUM, 2 * MINIMUM)) == 1  # 0.6


def test_the_last_stage_has_no_end(tasks: tuple[Task, ...]) -> None:
    curriculum = Curriculum(CONFIG.model_copy(update={"difficulty": Difficulty.HARD}), tasks)
    assert curriculum.threshold is None
    play(curriculum, 3, WINDOW, WINDOW)
    assert curriculum.spend(10**6, 10**6) == []
    assert curriculum.stage is Difficulty.HARD


def test_without_curriculum_the_stage_stays(tasks: tuple[Task, ...]) -> None:
    curriculum = Curriculum(CONFIG.model_copy(update={"enabled": False}), tasks[:2])
    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW, WINDOW)
    assert curriculum.spend(10**6, 10**6) == []
    assert curriculum.stage is Difficulty.EASY


def test_a_stage_without_tasks_is_skipped(make_tasks: Callable[..., tuple[Task, ...]]) -> None:
    curriculum = Curriculum(CONFIG, make_tasks("EASY", "HARD"))
    play(curriculum, 0, WINDOW, WINDOW)
    (event,) = curriculum.spend(MINIMUM, MINIMUM)
    assert isinstance(event, StageAdvanced)
    assert event.to_stage == "HARD"


def test_passed_stages_stay_in_the_mix(tasks: tuple[Task, ...]) -> None:
    rng = random.Random(0)
    curriculum = Curriculum(CONFIG, tasks)
    assert {curriculum.draw(rng) for _ in range(100)} == {0, 1}  # no later stage before its time
    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW, WINDOW)
    curriculum.spend(MINIMUM, MINIMUM)
    drawn: Counter[Difficulty] = Counter()
    for _ in range(1000):
        task = curriculum.draw(rng)
        drawn[tasks[task].difficulty] += 1
        curriculum.record(episode(task, success=True))
    assert drawn[Difficulty.HARD] == 0
    assert 150 < drawn[Difficulty.EASY] < 350


def test_a_stage_that_slips_is_open_until_it_is_back(tasks: tuple[Task, ...]) -> None:
    rng = random.Random(0)
    curriculum = Curriculum(CONFIG, tasks)
    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW, WINDOW)
    curriculum.spend(MINIMUM, MINIMUM)
    play(curriculum, 0, WINDOW, WINDOW // 2)
    play(curriculum, 1, WINDOW, WINDOW // 2 + 2)
    assert curriculum.spend(64, 1064) == []  # 52% is not passed, and has hardly slipped
    play(curriculum, 1, WINDOW, WINDOW // 2)
    assert curriculum.spend(64, 1128) == [StageReopened(1128, "EASY", 0.5)]
    assert curriculum.stage_progress().reopened == ("EASY",)
    assert curriculum.stage is Difficulty.MEDIUM
    again = Curriculum(CONFIG, tasks)
    again.restore(curriculum.state())
    assert again.reopened == {Difficulty.EASY}

    drawn: Counter[int] = Counter()
    for _ in range(900):
        task = curriculum.draw(rng)
        drawn[task] += 1
        curriculum.record(episode(task, success=False))
    assert all(250 < drawn[task] < 350 for task in range(3))  # as much as the stage itself

    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW, WINDOW // 2)
    assert curriculum.spend(64, 1192) == []
    assert curriculum.stage_progress().reopened == ()


def test_a_run_that_begins_late_plays_all_that_it_has_not_passed(tasks: tuple[Task, ...]) -> None:
    rng = random.Random(0)
    curriculum = Curriculum(CONFIG.model_copy(update={"difficulty": Difficulty.HARD}), tasks)
    assert {curriculum.draw(rng) for _ in range(100)} == {0, 1, 2, 3}
    play(curriculum, 0, WINDOW, WINDOW)
    play(curriculum, 1, WINDOW, WINDOW)
    play(curriculum, 2, WINDOW, 0)
    assert curriculum.spend(64, 64) == []  # nothing slipped that was not passed
    assert curriculum.stage_progress().reopened == ("MEDIUM",)


def test_steps_are_balanced_over_tasks_of_different_lengths(
    make_tasks: Callable[..., tuple[Task, ...]],
) -> None:
    rng = random.Random(1)
    curriculum = Curriculum(CONFIG, make_tasks("EASY", "EASY", "EASY"))
    lengths, steps = (1, 3, 10), [0, 0, 0]
    under_way = [curriculum.draw(rng) for _ in range(8)]
    for turn in range(3000):
        task = under_way[turn % 8]
        steps[task] += lengths[task]
        curriculum.record(episode(task, success=True, length=lengths[task]))
        under_way[turn % 8] = curriculum.draw(rng)
    assert max(steps) < 1.1 * min(steps)


def test_what_is_solved_keeps_a_share_and_what_is_not_gets_more(
    make_tasks: Callable[..., tuple[Task, ...]],
) -> None:
    rng = random.Random(1)
    curriculum = Curriculum(CONFIG, make_tasks("EASY", "EASY", "EASY"))
    chances, steps = (1.0, 0.5, 0.0), [0, 0, 0]
    for _ in range(3000):
        task = curriculum.draw(rng)
        steps[task] += 5
        curriculum.record(episode(task, success=rng.random() < chances[task], length=5))
    solved, half, unsolved = (count / sum(steps) for count in steps)
    assert solved == pytest.approx(1 / 7, abs=0.02)
    assert half == pytest.approx(2 / 7, abs=0.03)
    assert unsolved == pytest.approx(4 / 7, abs=0.03)


def test_what_moves_gets_more_by_progress_and_nothing_does_by_uniform(
    make_tasks: Callable[..., tuple[Task, ...]],
) -> None:
    """One task is solved, one is being learned, one never succeeds."""

    def shares(sampling: str) -> list[float]:
        rng = random.Random(1)
        config = CurriculumConfig.model_validate({"sampling": sampling})
        curriculum = Curriculum(config, make_tasks("EASY", "EASY", "EASY"))
        played, steps = [0, 0, 0], [0, 0, 0]
        for _ in range(600):
            task = curriculum.draw(rng)
            chance = (1.0, played[1] / 200, 0.0)[task]
            played[task] += 1
            steps[task] += 5
            curriculum.record(episode(task, success=rng.random() < chance, length=5))
        return [count / sum(steps) for count in steps]

    solved, learned, unsolved = shares("progress")
    assert learned > 1.3 * max(solved, unsolved)
    assert min(solved, unsolved) > 0.15
    assert shares("uniform") == pytest.approx([1 / 3] * 3, abs=0.02)


def test_a_restored_curriculum_goes_on_exactly(tasks: tuple[Task, ...]) -> None:
    first, rng = Curriculum(CONFIG, tasks), random.Random(2)
    for _ in range(130):
        first.record(episode(first.draw(rng), success=rng.random() < 0.7, length=rng.randint(1, 9)))
    first.spend(2 * MINIMUM, 2 * MINIMUM)
    first.draw(rng)
    second = Curriculum(CONFIG, tasks)
    second.restore(first.state())
    twin = random.Random()
    twin.setstate(rng.getstate())
    for _ in range(200):
        task = first.draw(rng)
        assert second.draw(twin) == task
        record = episode(task, success=rng.random() < 0.8, length=rng.randint(1, 9))
        twin.setstate(rng.getstate())
        first.record(record)
        second.record(record)
        assert second.spend(64, 0) == first.spend(64, 0)
    assert second.state() == first.state()
    assert second.task_progress() == first.task_progress()


@pytest.mark.parametrize(("stage", "limit"), [("EASY", 100_000), ("MEDIUM", 150_000)])
def test_a_slow_stage_gives_one_hint(tasks: tuple[Task, ...], stage: str, limit: int) -> None:
    config = CONFIG.model_copy(update={"difficulty": Difficulty(stage)})
    curriculum = Curriculum(config, tasks)
    assert curriculum.spend(limit, limit) == []
    (hint,) = curriculum.spend(1, limit + 1)
    assert isinstance(hint, WarningRaised)
    assert stage in hint.message
    assert hint.hint
    assert curriculum.spend(1000, limit + 1001) == []
    again = Curriculum(config, tasks)
    again.restore(curriculum.state())
    assert again.spend(1000, limit + 2001) == []


def test_the_headline_is_a_mean_over_tasks_not_over_episodes(tasks: tuple[Task, ...]) -> None:
    curriculum = Curriculum(CONFIG, tasks)
    assert curriculum.success_rate() is None
    assert curriculum.stage_progress().success_rate is None
    play(curriculum, 0, 10, 10)
    play(curriculum, 1, 2, 0)
    assert curriculum.success_rate() == pytest.approx(0.5)
    assert curriculum.mean_return() == pytest.approx(0.5)
    assert [each.episodes for each in curriculum.task_progress()] == [10, 2, 0, 0]
