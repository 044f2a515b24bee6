"""Makes ``gymnasium.make("hrlctl:Desktop-v0")`` work; importing this module does it."""

from __future__ import annotations

from typing import Final

import gymnasium

ENVIRONMENT_ID: Final = "Desktop-v0"

# Episodes are truncated by the environment itself: their length depends on the task.
gymnasium.register(id=ENVIRONMENT_ID, entry_point="hrlctl.env.desktop_env:DesktopEnv")
