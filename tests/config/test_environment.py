"""The variables that are no keys."""

from __future__ import annotations

import pytest

from hrlctl.config import log_level, require_training_enabled
from hrlctl.errors import ConfigurationError, TrainingDisabledError, UnknownNameError


@pytest.mark.parametrize("text", ["false", "False", "0", "no", "off"])
def test_training_can_be_switched_off(text: str) -> None:
    with pytest.raises(TrainingDisabledError) as caught:
        require_training_enabled({"TRAINING_ENABLED": text})
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("environ", [{}, {"TRAINING_ENABLED": ""}, {"TRAINING_ENABLED": "true"}])
def test_training_is_on_otherwise(environ: dict[str, str]) -> None:
    try:
        require_training_enabled(environ)
    except TrainingDisabledError as error:
        pytest.fail(f"training was refused: {error}")


def test_a_word_that_is_neither_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        require_training_enabled({"TRAINING_ENABLED": "perhaps"})


def test_the_log_level_is_read_without_regard_to_case() -> None:
    assert log_level({"LOG_LEVEL": "debug"}) == "DEBUG"
    assert log_level({}) == "WARNING"
    with pytest.raises(UnknownNameError):
        log_level({"LOG_LEVEL": "loud"})
