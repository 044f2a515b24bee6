"""Instances: the same seed gives the same one, and splits do not meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrlctl.packs import Task, draw_instance, load_task_file
from hrlctl.packs.parameters import is_held_out_number
from hrlctl.schema.base import Split

TASK = """
- id: a
  instruction:
    training: ['Set "{name}" to {number}', '{number} for "{name}"']
    held_out: ['"{name}" shall be {number}']
  difficulty: EASY
  num_steps: 1
  parameters:
    name: {kind: name}
    other: {kind: name}
    goal: {kind: one_of, of: [name, other]}
    number: {kind: number, min: 10, max: 99}
    more: {kind: number, min: 10, max: 99}
    sum: {kind: sum, of: [number, more]}
    level: {training: [{word: low, value: 1}, {word: high, value: 2}]}
  success_criteria:
    setting: {name: "{name}", value: "{level.value}"}
    display_value: "{sum}"
"""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    path = tmp_path / "t.yaml"
    path.write_text(TASK)
    return load_task_file(path)[0]


def test_the_same_seed_gives_the_same_instance(task: Task) -> None:
    for split in Split:
        assert draw_instance(task, 5, split) == draw_instance(task, 5, split)
        assert draw_instance(task, 5, split) != draw_instance(task, 6, split)


def test_splits_share_no_seed_and_hold_out_what_they_say(task: Task) -> None:
    seeds: set[int] = set()
    drawn: dict[Split, set[object]] = {}
    instructions: dict[Split, set[str]] = {}
    for split in Split:
        instances = [draw_instance(task, seed, split) for seed in range(300)]
        assert not seeds & {instance.seed for instance in instances}
        seeds |= {instance.seed for instance in instances}
        drawn[split] = {i.parameters[key] for i in instances for key in ("name", "number")}
        instructions[split] = {i.instruction.split()[0] for i in instances}
        variation = instances[0].setup.variation
        assert variation.held_out_layouts == (split is not Split.TRAINING)
        assert variation.held_out_themes == (split is Split.THEMES)
    assert not drawn[Split.TRAINING] & drawn[Split.WORDS]
    assert "Set" in instructions[Split.TRAINING]
    assert "Set" not in instructions[Split.THEMES]


def test_parameters_are_distinct_and_derived_ones_follow(task: Task) -> None:
    for seed in range(200):
        values = draw_instance(task, seed, Split.TRAINING).parameters
        assert values["name"] != values["other"]
        assert values["goal"] in (values["name"], values["other"])
        assert values["sum"] == int(values["number"]) + int(values["more"])
        assert (values["level.word"], values["level.value"]) in {("low", 1), ("high", 2)}


def test_numbers_keep_their_type_in_criteria(task: Task) -> None:
    instance = draw_instance(task, 1, Split.TRAINING)
    facts = {fact.kind: fact for fact in instance.success.criteria}  # type: ignore[union-attr]
    assert facts["setting"].value == instance.parameters["level.value"]  # type: ignore[union-attr]


def test_about_three_in_ten_numbers_are_held_out() -> None:
    assert 0.27 < sum(map(is_held_out_number, range(10_000))) / 10_000 < 0.33
    assert 0.2 < sum(map(is_held_out_number, range(10, 100))) / 90 < 0.4
