"""What a model file says of how it was trained, checkpoint and exported model alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from hrlctl.errors import CheckpointError, UsageError
from hrlctl.evaluation.agents import EXPORTED
from hrlctl.runtime.model import ExportedModel, read_info
from hrlctl.schema.run import RunConfig
from hrlctl.schema.setup import SCREEN_SIZES, DesktopKind, ScreenSize


class Origin(NamedTuple):
    """How a model was trained."""

    config: RunConfig  # the defaults where the file holds a policy without a training
    tasks: tuple[str, ...] | None  # ids; None: not known
    has_training: bool  # whether the file says how


def origin(path: Path) -> Origin:
    """How the model in ``path`` was trained; nothing is said if the model could not play.

    Raises:
        CheckpointError: the file cannot be used.
    """
    if path.suffix == EXPORTED:
        info = ExportedModel.load(path).info
        training = info.training
        if training is not None:
            config = _run_config(training.config, str(path))
        else:
            screen = {"screen_width": info.screen.width, "screen_height": info.screen.height}
            config = _run_config({"environment": screen}, str(path))
        return Origin(config, info.tasks, training is not None)
    from hrlctl.policy.files import read_model
    from hrlctl.policy.hierarchical import HierarchicalPolicy

    content = read_model(path)
    HierarchicalPolicy.from_content(content, where=str(path))
    stored = content.get("training") or content.get("summary")
    tasks = content.get("tasks")
    return Origin(
        _run_config((stored or {}).get("config", {}), str(path)),
        None if tasks is None else tuple(tasks),
        stored is not None,
    )


def screen_size(model: Path, kind: DesktopKind) -> ScreenSize:
    """The screen on which the agent in ``model`` works on a desktop of this kind.

    Raises:
        CheckpointError: the model cannot be used.
        UsageError: it was exported for screens of another size.
    """
    if (size := exported_size(model)) is not None:
        if kind != "sim" and size != SCREEN_SIZES[kind]:
            raise UsageError(
                f"it was exported for screens of {size.width}x{size.height} pixels, and the"
                f" desktop {kind} has {'x'.join(map(str, SCREEN_SIZES[kind]))}",
                where=str(model),
                hint="take the checkpoint, or export it again with --screen"
                f" {'x'.join(map(str, SCREEN_SIZES[kind]))}",
            )
        return size
    environment = origin(model).config.environment
    if kind != environment.desktop:
        return SCREEN_SIZES[kind]
    return ScreenSize(environment.screen_width, environment.screen_height)


def exported_size(model: Path) -> ScreenSize | None:
    """The one screen size that an exported model takes; a checkpoint takes any.

    Raises:
        CheckpointError: the model cannot be used.
    """
    if model.suffix != EXPORTED:
        return None
    screen = read_info(model).screen
    return ScreenSize(screen.width, screen.height)


def device_for(path: Path, name: str) -> str:
    """The device called ``name`` on which the model in ``path`` computes.

    Raises:
        UnknownNameError, UsageError: there is none, or an exported model does not run on it.
    """
    if path.suffix != EXPORTED:
        from hrlctl.policy.devices import resolve_device

        return str(resolve_device(name))
    if name.strip().lower() not in ("auto", "cpu"):
        raise UsageError(
            f"an exported model runs on the CPU here, not on {name!r}",
            where=str(path),
            hint="leave out --device",
        )
    return "cpu"


def _run_config(config: Mapping[str, Any], where: str) -> RunConfig:
    try:
        return RunConfig.model_validate(config)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CheckpointError(
            f"its configuration does not fit this version: {key}: {first['msg']}",
            where=where,
            hint="use the hrlctl version that wrote it, or train anew",
        ) from error
