"""Demonstrations: what is said of a step is what it did, and an oracle that fails is a fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.demonstration import Demonstration, measured_steps
from hrlctl.errors import HrlctlError, TaskError
from hrlctl.packs import Instance, draw_instance, load_packs
from hrlctl.schema.base import Split


def drawn(name: str) -> Instance:
    return draw_instance(
        load_packs(["desktop_basics"]).task(f"desktop_basics/{name}"), 3, Split.TRAINING
    )


def test_steps_are_named_and_rewarded() -> None:
    instance = drawn("toggle-setting")
    steps = list(Demonstration(instance, SimDesktop()).steps())
    assert [step.number for step in steps] == [1, 2, 3]
    program = instance.parameters["program"]
    assert steps[0].action == f'double click the icon "{program}"'
    assert steps[0].reached == (f'open "{program}"',)
    assert [step.success for step in steps] == [False, False, True]
    assert steps[-1].total_reward == pytest.approx(sum(step.reward for step in steps))


def test_a_turn_of_the_wheel_is_a_step_of_its_own() -> None:
    task = load_packs(["desktop_basics"]).task("desktop_basics/select-item")
    desktop = SimDesktop()
    counts = {
        measured_steps(draw_instance(task, seed, Split.TRAINING), desktop) for seed in range(30)
    }
    assert counts >= {3, 4}


def test_an_oracle_that_does_not_solve_its_task_is_a_fault_that_names_it() -> None:
    instance = drawn("toggle-setting")
    with pytest.raises(TaskError, match="criteria do not hold") as caught:
        measured_steps(replace(instance, oracle=instance.oracle[:2]), SimDesktop())
    assert "desktop_basics/toggle-setting" in str(caught.value.where)
    with pytest.raises(TaskError, match="max_steps"):
        measured_steps(replace(instance, max_steps=2), SimDesktop())


def test_a_task_without_an_oracle_cannot_be_shown_but_is_not_invalid() -> None:
    with pytest.raises(HrlctlError) as caught:
        Demonstration(replace(drawn("open-icon"), oracle=()), SimDesktop())
    assert caught.value.exit_code == 1
