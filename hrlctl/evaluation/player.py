"""Playing episodes: a policy on simulated desktops, side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import ObservationArrays, write_observation
from hrlctl.env.episode import Episode
from hrlctl.evaluation.plan import CHUNK, Ablation, Chunk, Planned, PlaySetup
from hrlctl.evaluation.reference import Reference
from hrlctl.evaluation.results import EpisodeResult
from hrlctl.evaluation.trial import Trial
from hrlctl.packs import Task, draw_instance
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations
from hrlctl.policy.manager import SKILLS

DONE_THRESHOLD: Final = 0.5
"""The agent says that it is done where its done head gives more than this probability."""


class Job(NamedTuple):
    """A chunk, and which of the setups it is played with."""

    setup: int
    chunk: Chunk


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
        self._desktops = [SimDesktop(setup.width, setup.height) for _ in range(CHUNK)]
        self._seen = ObservationArrays.allocate((CHUNK,), self._actions)

    def play(self, chunk: Chunk) -> list[EpisodeResult]:
        """Play a chunk to its end; the results are in the order of its episodes."""
        trials = [
            self._begin(planned, desktop)
            for planned, desktop in zip(chunk.episodes, self._desktops, strict=False)
        ]
        generator = None
        if self.setup.sampled:
            generator = torch.Generator(self.policy.device).manual_seed(chunk.seed)
        active = np.arange(len(trials))
        state = self.policy.initial_state(len(trials))
        while len(active):
            acted = self.policy.act(
                self._look(trials, active),
                state,
                greedy=not self.setup.sampled,
                generator=generator,
            )
            is_managed = self.policy.is_hierarchical
            goes_on = np.array(
                [
                    trials[index].step(
                        action, SKILLS[skill] if is_managed else None, slot, says_done=says_done
                    )
                    for index, action, skill, slot, says_done in zip(
                        active.tolist(),
                        acted.action.cpu().numpy(),
                        acted.option.skill.tolist(),
                        acted.option.slot.tolist(),
                        (acted.done_probability > DONE_THRESHOLD).tolist(),
                        strict=True,
                    )
                ]
            )
            active = active[goes_on]
            kept = torch.from_numpy(goes_on).to(self.policy.device)
            state = ActorState(*(part[kept] for part in acted.state))
        return [trial.result() for trial in trials]

    def _begin(self, planned: Planned, desktop: SimDesktop) -> Trial:
        instance, told = (
            draw_instance(self.tasks[draw.task], draw.seed, self.setup.split) for draw in planned
        )
        reference = Reference.of(instance, desktop, self._actions)
        shown = dataclasses.replace(instance, instruction=told.instruction)
        episode = Episode(shown, desktop, self._actions, self.setup.rules)
        return Trial(episode, planned.draw.seed, reference)

    def _look(self, trials: Sequence[Trial], rows: npt.NDArray[np.int64]) -> Observations:
        """What the agent sees of the trials ``rows``."""
        for index in rows.tolist():
            episode = trials[index].episode
            write_observation(episode, episode.desktop.capture(), self._seen, index)
            if self.setup.ablation is Ablation.SCREEN:
                self._seen.screens[index] = 0
        return Observations.of(self._seen, self.policy.device, rows)


class Players:
    """A player for each setup, made when it is first needed.

    Args:
        setups: what jobs refer to.
    """

    def __init__(self, setups: Sequence[PlaySetup]) -> None:
        self._setups = tuple(setups)
        self._players: dict[int, Player] = {}

    def play(self, job: Job) -> list[EpisodeResult]:
        """Play a job to its end; raises what ``Player`` raises."""
        if job.setup not in self._players:
            self._players[job.setup] = Player(self._setups[job.setup])
        return self._players[job.setup].play(job.chunk)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread, as workers do: sums then come out the same everywhere."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def play_here(
    setups: Sequence[PlaySetup], jobs: Sequence[Job], played: Callable[[int], None]
) -> list[list[EpisodeResult]]:
    """Play all jobs in this process; ``played`` is told of each how many episodes it had."""
    results = []
    with one_thread():
        players = Players(setups)
        for job in jobs:
            results.append(players.play(job))
            played(len(job.chunk.episodes))
    return results
