"""Playing episodes: an agent on simulated desktops, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import ObservationArrays, write_observation
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.evaluation.agents import computing_alike, load_agent
from hrlctl.evaluation.report import EpisodeResult
from hrlctl.packs import Task, draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Split

CHUNK: Final = 32
"""Episodes side by side. Fixed: results must not depend on how many workers share the chunks."""


class PlaySetup(NamedTuple):
    """All that a player needs; small enough to send to a worker process."""

    checkpoint: Path  # or an exported model
    selection: TaskSelection
    split: Split
    rules: EpisodeRules
    width: int  # of the screen in pixels
    height: int
    sampled: bool
    device: str


class Chunk(NamedTuple):
    """Episodes that are played side by side."""

    seed: int  # of the agent's draws
    episodes: tuple[tuple[int, int], ...]  # (index of the task, seed of the instance), <= CHUNK


class Player:
    """An agent and the desktops that it plays on; plays one chunk after the other.

    Args:
        setup: what is played, and how.

    Raises:
        CheckpointError: the model file cannot be used.
        UsageError: an exported model cannot be played so.
        UnknownNameError, PackError: the tasks cannot be loaded.
    """

    def __init__(self, setup: PlaySetup) -> None:
        self.setup = setup
        self.tasks: tuple[Task, ...] = setup.selection.load()
        self._agent = load_agent(
            setup.checkpoint,
            sampled=setup.sampled,
            says_done=setup.rules.termination == "agent",
            device=setup.device,
        )
        self._actions = ActionSpace(setup.width, setup.height)
        self._desktops = [SimDesktop(setup.width, setup.height) for _ in range(CHUNK)]
        self._seen = ObservationArrays.allocate((CHUNK,), self._actions)

    def play(self, chunk: Chunk) -> list[EpisodeResult]:
        """Play a chunk to its end; the results are in the order of its episodes."""
        episodes = [
            Episode(
                draw_instance(self.tasks[task], seed, self.setup.split),
                desktop,
                self._actions,
                self.setup.rules,
            )
            for (task, seed), desktop in zip(chunk.episodes, self._desktops, strict=False)
        ]
        active = np.arange(len(episodes))
        self._agent.begin(len(episodes), chunk.seed)
        while len(active):
            for index in active.tolist():
                episode = episodes[index]
                write_observation(episode, episode.desktop.capture(), self._seen, index)
            actions = self._agent.act(self._seen, active)
            goes_on = np.ones(len(active), dtype=np.bool_)
            for place, action in enumerate(actions):
                outcome = episodes[active[place]].step(action)
                goes_on[place] = not (outcome.terminated or outcome.truncated)
            active = active[goes_on]
            self._agent.keep(goes_on)
        return [
            EpisodeResult(
                episode.instance.task_id,
                episode.instance.difficulty,
                episode.succeeded,
                episode.total_reward,
                episode.length,
            )
            for episode in episodes
        ]


def play_here(setup: PlaySetup, chunks: Sequence[Chunk]) -> list[EpisodeResult]:
    """Play all chunks in this process."""
    with computing_alike(setup.checkpoint):
        player = Player(setup)
        return [result for chunk in chunks for result in player.play(chunk)]
