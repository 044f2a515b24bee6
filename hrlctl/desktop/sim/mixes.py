"""Themes put together from parts of others, as people do who choose each part for itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from hrlctl.desktop.sim.theme import Theme

_FRAME: Final = frozenset({
    "edge", "edge_idle", "title", "title_text", "title_idle", "title_idle_text", "control",
    "control_glyph", "close", "close_glyph", "control_style", "title_align", "title_side",
    "title_order", "title_height", "border",
})  # fmt: skip
_SHELL: Final = frozenset({
    "wallpaper", "icon_text", "icon_plate", "icon_shadow", "taskbar", "taskbar_edge",
    "taskbar_text", "task", "task_active", "task_active_text", "start", "start_text", "start_label",
    "start_width", "taskbar_position", "taskbar_height", "icon_size", "icon_cell",
    "title_font",  # the taskbar's too, and the start button is as wide as its label
})  # fmt: skip
_SHAPES: Final = frozenset({"surface", "check_style", "text_font"})
_PARTS: Final = (_FRAME, _SHELL, _SHAPES)


def mixes(themes: Sequence[Theme], count: int) -> tuple[Theme, ...]:
    """``count`` themes: the window frames of one of ``themes``, the shell of another, the shapes of
    widgets of a third, and all else, which is the colours of widgets, of a fourth.

    A part is taken whole, so that text stays legible on what it is written on.
    """
    rng = random.Random("mixes")
    return tuple(
        _mixed(f"mix-{index}", [rng.choice(themes) for _ in range(4)]) for index in range(count)
    )


def _mixed(name: str, sources: Sequence[Theme]) -> Theme:
    *of_parts, rest = sources
    values = {}
    for field in fields(Theme):
        of_field = (s for s, part in zip(of_parts, _PARTS, strict=True) if field.name in part)
        values[field.name] = getattr(next(of_field, rest), field.name)
    return Theme(**values | {"name": name})
