"""Playing episodes: an agent on desktops side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from hrlctl.desktop.backends import desktop_factory
from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import ObservationArrays, write_observation
from hrlctl.env.episode import Episode
from hrlctl.errors import DesktopError, DesktopUnavailableError
from hrlctl.evaluation.agents import computing_alike, load_agent
from hrlctl.evaluation.plan import MAX_FAULTS, Ablation, Chunk, Planned, PlaySetup, chunk_size
from hrlctl.evaluation.reference import Reference
from hrlctl.evaluation.results import EpisodeResult
from hrlctl.evaluation.trial import Trial
from hrlctl.packs import Task, draw_instance


class Job(NamedTuple):
    """A chunk, and which of the setups it is played with."""

    setup: int
    chunk: Chunk


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
        self._agent = load_agent(setup.checkpoint, sampled=setup.sampled, device=setup.device)
        self._actions = ActionSpace(setup.width, setup.height)
        self._make_desktop = desktop_factory(setup.desktop, setup.width, setup.height)
        count = chunk_size(setup.desktop)
        self._desktops = [self._make_desktop() for _ in range(count)]
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
        trials = [
            self._begin(planned, desktop)
            for planned, desktop in zip(chunk.episodes, self._desktops, strict=False)
        ]
        active = np.arange(len(trials))
        self._agent.begin(len(trials), chunk.seed)
        while len(active):
            for index in active.tolist():
                self._look(trials[index], index)
            moves = self._agent.act(self._seen, active)
            goes_on = np.array(
                [
                    trials[index].step(move.action, move.skill, move.slot, says_done=move.says_done)
                    for index, move in zip(active.tolist(), moves, strict=True)
                ]
            )
            active = active[goes_on]
            self._agent.keep(goes_on)
        return [
            trial.result()._replace(discarded=len(desktop.take_discarded()))
            for trial, desktop in zip(trials, self._desktops, strict=False)
        ]

    def _begin(self, planned: Planned, desktop: Desktop) -> Trial:
        instance, told = (
            draw_instance(self.tasks[draw.task], draw.seed, self.setup.split) for draw in planned
        )
        reference = Reference.of(instance, desktop, self._actions)
        shown = dataclasses.replace(instance, instruction=told.instruction)
        episode = Episode(shown, desktop, self._actions, self.setup.rules)
        return Trial(episode, planned.draw.seed, reference)

    def _look(self, trial: Trial, row: int) -> None:
        """Write what the agent sees of ``trial`` into ``row`` of what is seen."""
        write_observation(trial.episode, self._seen, row)
        if self.setup.ablation is Ablation.SCREEN:
            self._seen.screens[row] = 0


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

    def close(self) -> None:
        """End the players' desktops."""
        for player in self._players.values():
            player.close()


def play_here(
    setups: Sequence[PlaySetup], jobs: Sequence[Job], played: Callable[[int], None]
) -> list[list[EpisodeResult]]:
    """Play all jobs in this process; ``played`` is told of each how many episodes it had."""
    results = []
    with computing_alike([setup.checkpoint for setup in setups]):
        players = Players(setups)
        try:
            for job in jobs:
                results.append(players.play(job))
                played(len(job.chunk.episodes))
        finally:
            players.close()
    return results
