"""The Gymnasium environment ``hrlctl:Desktop-v0``."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final, Literal

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from hrlctl.desktop.contract import Desktop, Screen
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import NUM_SLOTS, Action, ActionSpace
from hrlctl.env.episode import Episode, EpisodeRules, Termination, action_types
from hrlctl.env.observation import (
    INSTRUCTION_LENGTH,
    NUM_CHARACTERS,
    NUM_TOKENS,
    SLOT_LENGTH,
)
from hrlctl.env.reward import RewardScale
from hrlctl.errors import UsageError
from hrlctl.packs import Task, draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Split

Observation = dict[str, Any]  # arrays by key
_MAX_SEED: Final = 2**31


class DesktopEnv(gymnasium.Env[Observation, Action]):
    """Operate a desktop by its pixels and a written instruction.

    Observation, a ``Dict``:

    | key         | type and shape              | meaning                                        |
    |-------------|-----------------------------|------------------------------------------------|
    | screen      | uint8 (height, width, 3)    | pixels, RGB                                    |
    | instruction | uint8 (INSTRUCTION_LENGTH,) | tokens, see ``hrlctl.env.observation``         |
    | slots       | uint8 (NUM_SLOTS, length)   | character codes of what may be typed           |
    | cursor      | float32 (2,)                | pointer, x and y as shares of the screen       |
    | last_action | int64 (6,)                  | the action before, all 0 at first              |
    | time_left   | float32 (1,)                | share of ``max_steps`` that is left            |

    Action: ``MultiDiscrete``, see ``hrlctl.env.action``. ``info["action_types"]`` says which types
    can be taken. An episode ends (``terminated``) at success or when the agent says ``done``, and
    is cut off (``truncated``) at ``max_steps``.

    Args:
        tasks: what is asked, drawn evenly; all EASY tasks of the installed packs without.
        split: which instances are drawn.
        termination: ``automatic`` ends an episode at success, ``agent`` only when it says so.
        desktop: where the tasks are done; a simulated desktop without.
        scale: what the parts of the reward are worth.
        gamma: discount of the shaping term.
        render_mode: ``rgb_array``: ``render()`` returns a picture for people.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012 (Gymnasium's form)

    def __init__(
        self,
        tasks: Sequence[Task] | None = None,
        *,
        split: Split | str = Split.TRAINING,
        termination: Termination = "automatic",
        desktop: Desktop | None = None,
        scale: RewardScale | None = None,
        gamma: float = 0.99,
        render_mode: Literal["rgb_array"] | None = None,
    ) -> None:
        if tasks is None:
            tasks = TaskSelection(difficulty=Difficulty.EASY, desktop="sim").load()
        if not tasks:
            raise UsageError("there are no tasks to draw from", hint="install or name a task pack")
        self.tasks = tuple(tasks)
        self.split = Split(split)
        self.render_mode = render_mode
        self.desktop = desktop or SimDesktop()
        self.actions = ActionSpace(self.desktop.width, self.desktop.height)
        self.rules = EpisodeRules(scale or RewardScale(), gamma, termination)
        self.rules.scale.check(self.tasks, gamma)
        self._rng = random.Random(0)
        self._episode: Episode | None = None

        self.action_space = spaces.MultiDiscrete(np.array(self.actions.sizes))
        shape = (self.desktop.height, self.desktop.width, 3)
        self.observation_space = spaces.Dict(
            {
                "screen": spaces.Box(0, 255, shape, np.uint8),
                "instruction": spaces.Box(0, NUM_TOKENS - 1, (INSTRUCTION_LENGTH,), np.uint8),
                "slots": spaces.Box(0, NUM_CHARACTERS - 1, (NUM_SLOTS, SLOT_LENGTH), np.uint8),
                "cursor": spaces.Box(0.0, 1.0, (2,), np.float32),
                "last_action": spaces.MultiDiscrete(np.array(self.actions.sizes)),
                "time_left": spaces.Box(0.0, 1.0, (1,), np.float32),
            }
        )

    @property
    def episode(self) -> Episode:
        """The episode that is being played."""
        if self._episode is None:
            raise gymnasium.error.ResetNeeded("call reset() before step()")
        return self._episode

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start an episode.

        Args:
            seed: makes this and the following draws repeatable.
            options: ``{"task": id, "instance": seed}`` ask for one task or one instance.
        """
        super().reset(seed=seed)
        if seed is not None:
            self._rng = random.Random(seed)
        wanted = (options or {}).get("task")
        task = self._rng.choice(self.tasks)
        drawn = self._rng.randrange(_MAX_SEED)
        if wanted is not None:
            task = next((t for t in self.tasks if t.id == wanted), task)
            if task.id != wanted:
                raise UsageError(f"the environment has no task {wanted!r}")
        instance_seed = int((options or {}).get("instance", drawn))
        instance = draw_instance(task, instance_seed, self.split)
        self._episode = Episode(instance, self.desktop, self.actions, self.rules)
        return self._observe(), self._info(success=False)

    def step(self, action: Action) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        outcome = self.episode.step(np.asarray(action, dtype=np.int64))
        return (
            self._observe(),
            outcome.reward,
            outcome.terminated,
            outcome.truncated,
            self._info(success=outcome.success),
        )

    def render(self) -> Screen | None:
        """The screen enlarged four times, in the mode ``rgb_array``."""
        if self.render_mode is None:
            return None
        return self.desktop.render(4)

    def close(self) -> None:
        self.desktop.close()

    def _observe(self) -> Observation:
        episode = self.episode
        last = episode.last_action
        return {
            "screen": self.desktop.capture().copy(),
            "instruction": episode.reading.tokens.copy(),
            "slots": episode.reading.slots.copy(),
            "cursor": cursor_share(self.desktop),
            "last_action": np.zeros(6, dtype=np.int64) if last is None else last.copy(),
            "time_left": np.array([episode.time_left], dtype=np.float32),
        }

    def _info(self, *, success: bool) -> dict[str, Any]:
        instance = self.episode.instance
        return {
            "task": instance.task_id,
            "instruction": instance.instruction,
            "success": success,
            "action_types": np.array(action_types(self.episode.reading), dtype=np.int8),
        }


def cursor_share(desktop: Desktop) -> npt.NDArray[np.float32]:
    """The pointer's place as shares of width and height, float32, shape (2,)."""
    x, y = desktop.cursor
    return np.array([x / desktop.width, y / desktop.height], dtype=np.float32)
