"""Playing episodes: a policy on desktops side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.desktop.backends import desktop_factory
from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import ObservationArrays, write_observation
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.errors import DesktopError, DesktopUnavailableError
from hrlctl.evaluation.report import EpisodeResult
from hrlctl.packs import Task, draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations
from hrlctl.schema.base import Split
from hrlctl.schema.setup import DesktopKind

CHUNK: Final = 32
"""Episodes side by side. Fixed: results must not depend on how many workers share the chunks."""


MAX_FAULTS: Final = 3
"""How often a chunk is played again after a fault of the machinery."""


def chunk_size(desktop: DesktopKind) -> int:
    """Episodes side by side in one process: a private display is a process's only one."""
    return 1 if desktop == "x11" else CHUNK


class PlaySetup(NamedTuple):
    """All that a player needs; small enough to send to a worker process."""

    checkpoint: Path
    selection: TaskSelection
    split: Split
    rules: EpisodeRules
    width: int  # of the screen in pixels
    height: int
    desktop: DesktopKind
    sampled: bool
    device: str


class Chunk(NamedTuple):
    """Episodes that are played side by side."""

    seed: int  # of the policy's draws
    episodes: tuple[tuple[int, int], ...]  # (index of the task, seed of the instance), <= CHUNK


class Player:
    """A policy and the desktops that it plays on; plays one chunk after the other.

    Args:
        setup: what is played, and how.

    Raises:
        CheckpointError: the checkpoint cannot be used.
        UnknownNameError, PackError: the tasks cannot be loaded.
    """

    def __init__(self, setup: PlaySetup) -> None:
        self.setup = setup
        self.tasks: tuple[Task, ...] = setup.selection.load()
        self.policy = HierarchicalPolicy.load(setup.checkpoint, device=setup.device)
        self._actions = ActionSpace(setup.width, setup.height)
        self._make_desktop = desktop_factory(setup.desktop, setup.width, setup.height)
        count = chunk_size(setup.desktop)
        self._desktops: list[Desktop] = [self._make_desktop() for _ in range(count)]
        self._seen = ObservationArrays.allocate((count,), self._actions)

    def play(self, chunk: Chunk) -> list[EpisodeResult]:
        """Play a chunk to its end; the results are in the order of its episodes.

        Where a desktop has a fault, all are made anew and the chunk is played again.

        Raises:
            DesktopError: the faults do not end.
        """
        for faults in range(MAX_FAULTS + 1):
            try:
                return [result._replace(faults=faults) for result in self._play(chunk)]
            except DesktopUnavailableError:
                raise
            except DesktopError:
                if faults == MAX_FAULTS:
                    raise
                self.close()
                self._desktops = [self._make_desktop() for _ in self._desktops]
        raise AssertionError("the last round returns or raises")

    def close(self) -> None:
        """End the desktops."""
        for desktop in self._desktops:
            desktop.close()

    def _play(self, chunk: Chunk) -> list[EpisodeResult]:
        episodes = [
            Episode(
                draw_instance(self.tasks[task], seed, self.setup.split),
                desktop,
                self._actions,
                self.setup.rules,
            )
            for (task, seed), desktop in zip(chunk.episodes, self._desktops, strict=False)
        ]
        generator = None
        if self.setup.sampled:
            generator = torch.Generator(self.policy.device).manual_seed(chunk.seed)
        active = np.arange(len(episodes))
        state = self.policy.initial_state(len(episodes))
        while len(active):
            for index in active.tolist():
                episode = episodes[index]
                write_observation(episode, episode.desktop.capture(), self._seen, index)
            acted = self.policy.act(
                self._observations(active),
                state,
                greedy=not self.setup.sampled,
                agent_stops=self.setup.rules.termination == "agent",
                generator=generator,
            )
            goes_on = np.ones(len(active), dtype=np.bool_)
            for place, action in enumerate(acted.action.cpu().numpy()):
                outcome = episodes[active[place]].step(action)
                goes_on[place] = not (outcome.terminated or outcome.truncated)
            active = active[goes_on]
            kept = torch.from_numpy(goes_on).to(self.policy.device)
            state = ActorState(*(part[kept] for part in acted.state))
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

    def _observations(self, rows: npt.NDArray[np.int64]) -> Observations:
        return Observations.of(self._seen, self.policy.device, rows)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread, as workers do: sums then come out the same everywhere."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def play_here(setup: PlaySetup, chunks: Sequence[Chunk]) -> list[EpisodeResult]:
    """Play all chunks in this process."""
    with one_thread():
        player = Player(setup)
        try:
            return [result for chunk in chunks for result in player.play(chunk)]
        finally:
            player.close()
