"""Configuration: defaults, presets, YAML, environment and command line, with provenance."""

from hrlctl.config.environment import log_level, require_training_enabled
from hrlctl.config.presets import PRESETS
from hrlctl.config.provenance import Source, SourceKind
from hrlctl.config.resolution import DEFAULT_FILE, Resolved, StoredConfig, resolve

__all__ = [
    "DEFAULT_FILE",
    "PRESETS",
    "Resolved",
    "Source",
    "SourceKind",
    "StoredConfig",
    "log_level",
    "require_training_enabled",
    "resolve",
]
