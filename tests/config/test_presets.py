"""Presets hold values that the schema accepts."""

from __future__ import annotations

import pytest

from hrlctl.config import PRESETS, resolve
from hrlctl.config.keys import known_keys


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_sets_keys_that_exist_to_values_that_they_accept(preset: str) -> None:
    for key, value in PRESETS[preset].items():
        assert known_keys()[key].check(value, preset) == value
    assert resolve({"training.preset": preset}, {}).config.training.preset == preset


def test_real_programs_have_fewer_displays_that_show_more() -> None:
    simulated, real = (resolve({"environment.desktop": kind}, {}).config for kind in ("sim", "x11"))
    assert real.environment.screen_width == 2 * simulated.environment.screen_width
    assert real.training.num_envs < simulated.training.num_envs
    own = resolve({"environment.desktop": "x11", "training.num_envs": "3"}, {}).config
    assert own.training.num_envs == 3
