"""Weights as safetensors: tensors, and the rest as JSON in the file's metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from hrlctl.errors import HrlctlError

SUFFIX: Final = ".safetensors"
_KEY: Final = "hrlctl"  # of the metadata


def to_safetensors(content: dict[str, Any]) -> bytes:
    """A model file's content as a file of safetensors.

    Args:
        content: ``weights``, tensors by name, and plain values that JSON can hold.

    Raises:
        HrlctlError: safetensors is not installed.
    """
    _check_installed()
    from safetensors.torch import save

    rest = {key: value for key, value in content.items() if key != "weights"}
    weights = {name: tensor.contiguous() for name, tensor in content["weights"].items()}
    return save(weights, {_KEY: json.dumps(rest)})


def read_safetensors(path: Path) -> dict[str, Any] | None:
    """What ``to_safetensors`` was given; ``None`` where the file is damaged or not hrlctl's.

    Raises:
        HrlctlError: safetensors is not installed.
        OSError: the file cannot be read.
    """
    _check_installed()
    from safetensors import SafetensorError, safe_open

    with path.open("rb"):
        pass  # a file that cannot be read raises here what any other does
    try:
        with safe_open(path, framework="pt") as file:
            content: Any = json.loads((file.metadata() or {})[_KEY])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, ValueError):
        return None
    return {**content, "weights": weights} if isinstance(content, dict) else None


def _check_installed() -> None:
    try:
        import safetensors  # noqa: F401
    except ImportError as error:
        raise HrlctlError(
            "this needs safetensors, which is not installed",
            hint="pip install 'hrlctl[export]'",
        ) from error
