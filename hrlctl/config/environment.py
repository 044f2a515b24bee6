"""Environment variables: a few short ones, and ``HRLCTL_<SECTION>_<KEY>`` for every key."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from hrlctl.config.keys import TRUTH, known_keys, known_sections
from hrlctl.config.provenance import Entry, Source, SourceKind
from hrlctl.errors import ConfigurationError, TrainingDisabledError, UnknownNameError

PREFIX = "HRLCTL_"
SHORT_VARIABLES: Mapping[str, str] = {
    "DEVICE": "training.device",
    "TOTAL_STEPS": "training.total_timesteps",
    "DIFFICULTY": "curriculum.difficulty",
}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def variable_of(key: str) -> str:
    """The long variable of a key: ``HRLCTL_TRAINING_GAMMA`` for ``training.gamma``."""
    return PREFIX + key.replace(".", "_").upper()


def read_environment(environ: Mapping[str, str]) -> tuple[dict[str, Entry], list[str]]:
    """The checked values by key, and warnings. A variable that is set to nothing counts as unset.

    Where a short and a long variable name the same key, the long one wins.

    Raises:
        ConfigurationError: a wrong value.
        UnknownNameError: a variable of a section of ours with a key that does not exist.
    """
    keys = known_keys()
    long_variables = {variable_of(key): key for key in keys}
    given = {name: text for name, text in environ.items() if text.strip()}
    entries = {}
    for variable, key in [*SHORT_VARIABLES.items(), *long_variables.items()]:
        if variable in given:
            source = Source(SourceKind.ENVIRONMENT, variable)
            entries[key] = Entry(keys[key].parse(given[variable], variable), source)
    warnings = []
    for variable in sorted(given):
        if not variable.startswith(PREFIX) or variable in long_variables:
            continue
        section = variable.removeprefix(PREFIX).partition("_")[0].lower()
        if section in known_sections():
            raise UnknownNameError("environment variable", variable, long_variables)
        near = difflib.get_close_matches(variable, long_variables, n=1, cutoff=0.8)
        meant = f"; did you mean {near[0]}?" if near else ""
        warnings.append(f"the environment variable {variable} is not one of hrlctl's{meant}")
    return entries, warnings


def require_training_enabled(environ: Mapping[str, str]) -> None:
    """Refuse to train where ``TRAINING_ENABLED`` is false.

    Raises:
        TrainingDisabledError: it is false.
        ConfigurationError: it is neither true nor false.
    """
    text = environ.get("TRAINING_ENABLED", "").strip()
    enabled = TRUTH.get(text.lower()) if text else True
    if enabled is None:
        raise ConfigurationError(
            f"expected true or false, got the text {text!r}", where="TRAINING_ENABLED"
        )
    if not enabled:
        raise TrainingDisabledError(
            "training is switched off",
            where=f"TRAINING_ENABLED={text}",
            hint="set TRAINING_ENABLED=true, or unset it, to train",
        )


def log_level(environ: Mapping[str, str]) -> str:
    """The level that ``LOG_LEVEL`` names, ``WARNING`` where it is unset.

    Raises:
        UnknownNameError: not a level.
    """
    level = environ.get("LOG_LEVEL", "").strip().upper() or "WARNING"
    level = {"WARN": "WARNING"}.get(level, level)
    if level not in LOG_LEVELS:
        raise UnknownNameError("log level", level, LOG_LEVELS, where="LOG_LEVEL")
    return level
