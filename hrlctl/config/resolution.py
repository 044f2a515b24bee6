"""One configuration out of all places, each value with where it came from.

Command line over environment over YAML file over checkpoint (when a run is resumed) over preset
over defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hrlctl.config.environment import read_environment
from hrlctl.config.keys import known_keys
from hrlctl.config.presets import DESKTOPS, PRESETS, WARM_START, preset_for
from hrlctl.config.provenance import Entry, Source, SourceKind
from hrlctl.config.yaml_file import read_file
from hrlctl.errors import ConfigurationError
from hrlctl.schema.run import RunConfig

DEFAULT_FILE: Final = Path("config/config.yaml")
DEFAULT_TASK_FILE: Final = Path("config/tasks.json")

TASK_KEYS: Final = ("environment.packs", "environment.tasks", "environment.task_file")

DOCUMENTED_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "training.learning_rate": (1e-5, 1e-3),
    "training.clip_epsilon": (0.1, 0.3),
    "training.gamma": (0.95, 0.999),
    "training.gae_lambda": (0.9, 0.99),
    "training.buffer_size": (1024, 8192),
}


@dataclass(frozen=True)
class Resolved:
    """A configuration and how it came about."""

    config: RunConfig
    sources: Mapping[str, Source]  # by key, for every key
    warnings: tuple[str, ...]
    file: Path | None  # the YAML file that was read


@dataclass(frozen=True)
class StoredConfig:
    """The configuration in a checkpoint that a run is resumed from."""

    config: RunConfig
    checkpoint: Path


def resolve(
    cli: Mapping[str, object],
    environ: Mapping[str, str],
    file: Path | None = None,
    *,
    option_names: Mapping[str, str] | None = None,
    stored: StoredConfig | None = None,
    default_file: Path = DEFAULT_FILE,
    default_task_file: Path = DEFAULT_TASK_FILE,
) -> Resolved:
    """Resolve the configuration of a run.

    Args:
        cli: values given on the command line by key (``"training.gamma"``), as text or as their
            type; unset ones left out.
        environ: the environment variables.
        file: the file that the user named; without it ``default_file`` is read where it exists,
            except when a run is resumed: its checkpoint says how it goes on.
        option_names: the option of each key, for messages and sources.
        stored: what a resumed run was started with.
        default_file: read where no file is named.
        default_task_file: the task file where it exists and nothing says which tasks are meant.

    Raises:
        ConfigurationError: a file, key or value that cannot be used.
        UnknownNameError: a name that does not exist.
    """
    if file is None and stored is None and default_file.is_file():
        file = default_file
    options = option_names or {}
    variables, warnings = read_environment(environ)
    given = {
        **(read_file(file) if file is not None else {}),
        **variables,
        **{key: _option_entry(key, value, options) for key, value in cli.items()},
    }
    if stored is None and given.keys().isdisjoint(TASK_KEYS) and default_task_file.is_file():
        found = Source(SourceKind.FILE, f"{default_task_file} exists")
        given["environment.task_file"] = Entry(default_task_file, found)
    entries = _below(given, stored) | given
    config = RunConfig.model_validate(_nested({k: e.value for k, e in entries.items()}))
    sources = {key: entry.source for key, entry in entries.items()}
    _refuse_contradictions(config, sources)
    return Resolved(config, sources, (*warnings, *_range_warnings(entries)), file)


def _option_entry(key: str, value: object, options: Mapping[str, str]) -> Entry:
    name, info = options.get(key, key), known_keys()[key]
    checked = info.parse(value, name) if isinstance(value, str) else info.check(value, name)
    return Entry(checked, Source(SourceKind.OPTION, name))


def _below(given: Mapping[str, Entry], stored: StoredConfig | None) -> dict[str, Entry]:
    """What holds where nothing was given, for every key."""
    if stored is not None:
        source = Source(SourceKind.CHECKPOINT, stored.checkpoint.name)
        values = _flat(stored.config)
        return {key: Entry(values[key], source) for key in known_keys()}
    default = Source(SourceKind.DEFAULT)
    entries = {key: Entry(info.default, default) for key, info in known_keys().items()}
    chosen = given.get("training.preset", entries["training.preset"])
    device = given.get("training.device", entries["training.device"])
    preset = preset_for(str(chosen.value), str(device.value))
    source = Source(SourceKind.PRESET, preset)
    entries |= {key: Entry(value, source) for key, value in PRESETS[preset].items()}
    if given.get("training.demonstrations", entries["training.demonstrations"]).value:
        source = Source(SourceKind.PRESET, "warm start")
        entries |= {key: Entry(value, source) for key, value in WARM_START.items()}
    desktop = str(given.get("environment.desktop", entries["environment.desktop"]).value)
    source = Source(SourceKind.PRESET, desktop)
    entries |= {key: Entry(value, source) for key, value in DESKTOPS[desktop].items()}
    return entries


def _nested(values: Mapping[str, object]) -> dict[str, dict[str, object]]:
    sections: dict[str, dict[str, object]] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        sections.setdefault(section, {})[name] = value
    return sections


def _flat(config: RunConfig) -> dict[str, Any]:
    return {
        key.name: getattr(getattr(config, key.section), key.short_name)
        for key in known_keys().values()
    }


def _refuse_contradictions(config: RunConfig, sources: Mapping[str, Source]) -> None:
    training = config.training
    if training.ray_address is not None and training.engine != "ray":
        raise ConfigurationError(
            f"an address of a Ray cluster, and the engine is {training.engine!r}",
            where=str(sources["training.ray_address"]),
            hint="add --engine ray, or leave the address out",
        )
    for smaller in ("num_envs", "minibatches"):
        value = getattr(training, smaller)
        if value > training.buffer_size:
            buffer_source = sources["training.buffer_size"]
            raise ConfigurationError(
                f"training.{smaller} is {value}, more than the {training.buffer_size} transitions "
                f"of an update (training.buffer_size, {buffer_source})",
                where=str(sources[f"training.{smaller}"]),
                hint=f"lower {smaller} or raise buffer_size (--rollout-steps)",
            )


def _range_warnings(entries: Mapping[str, Entry]) -> list[str]:
    """A warning for each value that a user gave outside the documented range.

    A preset knows what it does: its values were measured, and warn nobody.
    """
    warnings = []
    for key, (low, high) in DOCUMENTED_RANGES.items():
        entry = entries[key]
        if entry.source.kind in (SourceKind.DEFAULT, SourceKind.PRESET):
            continue
        if not (isinstance(entry.value, int | float) and low <= entry.value <= high):
            warnings.append(
                f"{entry.source}: {key} is {entry.value}, outside the usual {low:g} to {high:g}"
            )
    return warnings
