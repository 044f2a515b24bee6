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
