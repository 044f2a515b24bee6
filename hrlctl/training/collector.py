"""The collector: acts in a vector of environments, and makes rollouts of what happens."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from hrlctl.env.action import CELL_SIZE, NUM_SLOTS, ActionSpace, ActionType, Part
from hrlctl.env.arrays import UNLABELLED, ObservationArrays
from hrlctl.env.episode import NO_SLOT
from hrlctl.env.observation import NUM_CHARACTERS
from hrlctl.env.vector import EnvironmentVector, EpisodeRecord, Fault
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations
from hrlctl.policy.manager import SKILLS
from hrlctl.policy.perception import Percept, Scene
from hrlctl.policy.reading import HALVES, Known
from hrlctl.training.advantages import (
    Advantages,
    OpenDecisions,
    Streams,
    hierarchical_gae,
    no_open_decisions,
)
from hrlctl.training.precision import Precision, autocast
from hrlctl.training.rollout import BONUS, HIDDEN_INSTRUCTIONS, Path, Rollout, Taken

_LONGEST_PATH: Final = 4
_MOST_WEIGHT: Final = 8.0  # of an aim


def _allocate_scene(leading: tuple[int, ...], actions: ActionSpace, channels: int) -> Scene:
    rows, columns = actions.rows, actions.columns
    return Scene(
        torch.zeros((*leading, rows, columns, channels)),
        torch.zeros((*leading, rows, HALVES * columns), dtype=torch.uint8),
        torch.zeros((*leading, NUM_SLOTS, rows, columns)),
    )


def changed_cells(
    before: npt.NDArray[np.uint8], now: npt.NDArray[np.uint8]
) -> npt.NDArray[np.bool_]:
    """The cells of screens in which, or in a neighbour of which, a pixel has changed.

    Args:
        before, now: (count, height, width, 3).

    Returns:
        (count, rows, columns).
    """
    count, height, width, _ = now.shape
    rows, columns = height // CELL_SIZE, width // CELL_SIZE
    # Eight bytes at once: a cell is 3 * 8 bytes wide.
    differs = before.reshape(count, height, -1).view(np.uint64) != now.reshape(
        count, height, -1
    ).view(np.uint64)
    own = differs.reshape(count, rows, CELL_SIZE, columns, -1).any(axis=(2, 4))
    near = np.zeros((count, rows + 2, columns + 2), bool)
    for dy in range(3):
        for dx in range(3):
            near[:, dy : dy + rows, dx : dx + columns] |= own
    return near[:, 1:-1, 1:-1]


class Collector:
    """Acts in a vector of environments and stores what happens.

    Args:
        policy: acts; its weights may change between rollouts.
        vector: the environments.
        steps: steps of each environment in a rollout.
        generator: source of the policy's randomness.
        gamma, gae_lambda: of the advantages.
        precision: what the network computes in; the same as when it learns.
    """

    def __init__(
        self,
        policy: HierarchicalPolicy,
        vector: EnvironmentVector,
        steps: int,
        generator: torch.Generator,
        gamma: float,
        gae_lambda: float,
        *,
        precision: Precision = "off",
    ) -> None:
        self.precision = precision
        self.policy, self.vector, self.steps = policy, vector, steps
        self.generator = generator
        self.gamma, self.gae_lambda = gamma, gae_lambda
        envs = len(vector)
        # Entries 0 to steps are what was seen; the last is where open decisions were taken.
        self.seen = vector.allocate(steps + 2)
        channels = policy.perception.encoder.channels
        self.scene = _allocate_scene((steps + 2, envs), vector.actions, channels)
        rows, columns = vector.actions.rows, vector.actions.columns
        self._log_probs = torch.zeros(envs, rows, HALVES * columns, NUM_CHARACTERS)
        self.taken = Taken.allocate((steps + 1, envs))  # the last entry: the open decisions
        self.results = vector.allocate_results(steps)
        self._played = np.zeros((steps, envs), np.int64)  # index of the task
        self.opened: OpenDecisions = no_open_decisions(envs)
        self.state: ActorState = policy.initial_state(envs)
        self.seconds = {"act": 0.0, "simulate": 0.0}
        self._faults: list[Fault] = []

    def begin(self) -> None:
        """Start an episode everywhere."""
        self.vector.reset(self.seen.row(0))
        self._faults += self.vector.faults

    def take_faults(self) -> list[Fault]:
        """What went wrong in worker processes since this was last called."""
        faults, self._faults = self._faults, []
        return faults

    def collect(self) -> Rollout:
        """Play ``steps`` steps everywhere, from where the last rollout ended; then ``advance``."""
        steps, envs = self.steps, len(self.vector)
        values, bonus_values, manager_values = (torch.zeros(steps, envs) for _ in range(3))
        decides = torch.zeros(steps, envs, dtype=torch.bool)
        percept: Percept | None = None
        episodes: list[EpisodeRecord] = []
        self.seconds = {"act": 0.0, "simulate": 0.0}
        self.seen.is_fresh[0] = True  # the weights have changed: everything is encoded anew
        if self.opened.is_open.any():
            self._see(steps + 1, np.flatnonzero(self.opened.is_open))
        for t in range(steps):
            started = perf_counter()
            observed = self.seen.row(t)
            with autocast(self.policy.device, self.precision):
                percept = self._perceive(t, percept)
                acted = self.policy.act_on(
                    percept,
                    self._context(observed),
                    self.state,
                    hide_instruction=HIDDEN_INSTRUCTIONS,
                    generator=self.generator,
                )
            self.taken.write(t, self.state.memory, acted)
            values[t], bonus_values[t] = acted.value, acted.bonus_value
            manager_values[t], decides[t] = acted.manager_value, acted.decided
            acted_at = perf_counter()
            results = self.results.row(t)
            self._played[t] = self.vector.playing
            self.vector.step(self.taken.action[t].numpy(), observed, self.seen.row(t + 1), results)
            episodes += self.vector.finished
            self._faults += self.vector.faults
            ended = results.terminated | results.truncated
            # A finished task is seen as an agent sees it that has to notice: with its memory.
            lingers = self.seen.is_finished[t + 1]
            device = self.policy.device
            self.state = acted.state.released(torch.from_numpy(ended).to(device))
            self.state = self.state.restarted(torch.from_numpy(ended & ~lingers).to(device))
            self.seconds["act"] += acted_at - started
            self.seconds["simulate"] += perf_counter() - acted_at

        last = self.seen.row(steps)
        with autocast(self.policy.device, self.precision):
            value, bonus_value, manager_value = self.policy.estimate(
                self._perceive(steps, percept), self._context(last), self.state
            )
        # What a fault of the environment has cut off is worth what was expected of it.
        cut = torch.from_numpy(self.results.truncated & ~self.results.counts)
        streams = Streams(
            torch.where(cut, values, torch.from_numpy(self.results.rewards)),
            torch.where(cut, bonus_values, BONUS * self._hits()),
            values,
            bonus_values,
            manager_values,
            decides,
            torch.from_numpy(self.results.terminated | self.results.truncated),
            value.cpu(),
            bonus_value.cpu(),
            manager_value.cpu(),
            (self.state.remaining <= 0).cpu(),
        )
        advantages = hierarchical_gae(streams, self.opened, self.gamma, self.gae_lambda)
        self._still_open = advantages.still_open
        self._decided = decides
        return self._rollout(streams, advantages, episodes)

    @torch.no_grad()
    def _perceive(self, t: int, before: Percept | None) -> Percept:
        """Encode what is seen at entry ``t`` where it has changed since ``before``, in place."""
        fresh = np.flatnonzero(self.seen.is_fresh[t])
        if before is not None and len(fresh) == 0:
            return before
        percept = self.policy.perceive(*self._see(t, fresh))
        if before is None or len(fresh) == len(self.vector):
            return percept
        return before.replaced(torch.from_numpy(fresh).to(self.policy.device), percept)

    def _see(self, t: int, envs: npt.NDArray[np.int64]) -> tuple[Observations, Scene]:
        """Look at the screens of ``envs`` at entry ``t``, and keep what they show.

        What was read at the entry before is not read again where no pixel has changed.
        """
        device, known = self.policy.device, None
        chosen = torch.from_numpy(envs)
        if 0 < t <= self.steps:
            screens = self.seen.screens
            changed = torch.from_numpy(changed_cells(screens[t - 1, envs], screens[t, envs]))
            known = Known(self._log_probs[chosen].to(device), changed.to(device))
        observations = Observations.of(self.seen.row(t), device, envs)
        with autocast(device, self.precision):
            scene, log_probs = self.policy.see(observations, known)
        if t <= self.steps:
            self._log_probs[chosen] = log_probs.to(self._log_probs.device)
        for kept, seen in zip(self.scene, scene, strict=True):
            kept[t, chosen] = seen.to(kept.device, kept.dtype)
        return observations, scene

    def _context(self, arrays: ObservationArrays) -> Tensor:
        return torch.from_numpy(arrays.context).to(self.policy.device)

    def _hits(self) -> Tensor:
        """Whether a step reached a milestone of its decision's skill and slot; (steps, envs)."""
        skill = torch.from_numpy(self.results.reached_skill)
        slot = torch.from_numpy(self.results.reached_slot)
        option = self.taken.option
        same_slot = (slot == NO_SLOT) | (slot == option.slot[: self.steps])
        return (skill == option.skill[: self.steps]) & same_slot

    def _rollout(
        self, streams: Streams, advantages: Advantages, episodes: Sequence[EpisodeRecord]
    ) -> Rollout:
        steps, envs = streams.rewards.shape
        carried = torch.nonzero(advantages.carried_closes).squeeze(1)
        step_rows = torch.arange(steps * envs)
        taken_rows = torch.cat([step_rows, steps * envs + carried])
        place = torch.cat([step_rows, (steps + 1) * envs + carried]).numpy()
        frame = np.arange(steps * envs).reshape(steps, envs)
        for t in range(1, steps):
            frame[t] = np.where(self.seen.is_fresh[t], frame[t], frame[t - 1])
        frames = np.concatenate([frame.reshape(-1), place[steps * envs :]])

        def rows(of_steps: Tensor, of_carried: Tensor | None = None) -> Tensor:
            """One value a row; 0 (or False) for the carried rows without ``of_carried``."""
            if of_carried is None:
                of_carried = torch.zeros(len(advantages.carried), dtype=of_steps.dtype)
            return torch.cat([of_steps.flatten(), of_carried[carried]])

        counts = torch.from_numpy(self.results.counts)
        carried_returns = advantages.carried + self.opened.value
        decided = advantages.closes & counts & self.policy.is_hierarchical
        reached = torch.from_numpy(self.results.reached_skill) >= 0
        skills = self.taken.option.skill[:steps][streams.decides]
        hierarchical = torch.full((envs,), self.policy.is_hierarchical)
        return Rollout(
            ObservationArrays._make(a.reshape(-1, *a.shape[2:]) for a in self.seen),
            place,
            frames,
            Scene(*(part.flatten(0, 1) for part in self.scene)),
            self.taken.flat().rows(taken_rows),
            rows(advantages.worker + advantages.bonus),
            rows(advantages.worker + streams.values),
            rows(advantages.bonus + streams.bonus_values),
            rows(advantages.manager, advantages.carried),
            rows(advantages.manager + streams.manager_values, carried_returns),
            rows(streams.manager_values - streams.values),
            rows(counts),
            rows(decided, hierarchical),
            rows(counts & ~streams.decides & self.policy.is_hierarchical),
            rows(torch.from_numpy(self.seen.is_finished[:steps])),
            rows(streams.values),
            rows(self._aim_weight()),
            episodes,
            torch.bincount(skills, minlength=len(SKILLS)),
            (int(reached.sum()), int(self._hits().sum())),
            self._paths(frame),
        )

    def _aim_weight(self) -> Tensor:
        """Weights that make all aims of all tasks count about the same; (steps, envs).

        That nothing is due any more is one of them. Most of what is seen is seen before the first
        milestone. Without weights the manager would learn last what comes last.
        """
        aims = self.seen.aims[: self.steps].reshape(-1, 2)
        goals = np.column_stack([self._played.reshape(-1), aims])
        _, goal, counts = np.unique(goals, axis=0, return_inverse=True, return_counts=True)
        weight = np.minimum(counts.mean() / counts, _MOST_WEIGHT)[goal]
        return torch.from_numpy(weight.astype(np.float32)).reshape(self._played.shape)

    def _paths(self, frame: npt.NDArray[np.int64]) -> list[Path]:
        """The paths to the milestones of this rollout.

        A path goes back as long as the decision was about the same, and leaves out what changed
        nothing, and clicks in vain: those before a click elsewhere on a thing of the same look.
        To a milestone of another skill than the decision's only the last step counts.

        Args:
            frame: (steps, envs), where what was seen stands.
        """
        results, envs = self.results, len(self.vector)
        option, hits = self.taken.option, self._hits()
        paths = []
        for t, env in np.argwhere((results.reached_skill >= 0) & results.counts):
            skill, slot = int(results.reached_skill[t, env]), int(results.reached_slot[t, env])
            rows = [t * envs + env]
            clicked = [self._clicked(t, env, frame)]
            earliest = max(t - _LONGEST_PATH, -1) if hits[t, env] else t - 1
            for before in range(t - 1, earliest, -1):
                is_new = results.terminated[before, env] or results.truncated[before, env]
                reached = results.reached_skill[before, env] >= 0
                same = bool(
                    (option.skill[before, env] == skill)
                    & (option.slot[before, env] == option.slot[t, env])
                )
                if is_new or reached or not same:
                    break
                click = self._clicked(before, env, frame)
                look, cell = click or (UNLABELLED, 0)
                in_vain = look != UNLABELLED and any(
                    later is not None and later[0] == look and later[1] != cell for later in clicked
                )
                if self.seen.is_fresh[before + 1, env] and not in_vain:
                    rows.append(before * envs + env)
                    clicked.append(click)
            about = None if slot == NO_SLOT else slot
            ends = results.terminated[t, env] or results.truncated[t, env]
            is_seen = t + 1 < self.steps and (not ends or self.seen.is_finished[t + 1, env])
            arrival = int(rows[0]) + envs if is_seen else None
            task = int(self._played[t, env])
            paths.append(Path(task, skill, about, tuple(map(int, rows)), arrival))
        return paths

    def _clicked(self, t: int, env: int, frame: npt.NDArray[np.int64]) -> tuple[int, int] | None:
        """What a step clicked on, its look and the cell; ``None`` if it did something else.

        A double click is a click: where one of them works, the other often does.
        """
        kind, cell = self.taken.action[t, env, [Part.TYPE, Part.POINTER]].tolist()
        if kind not in (ActionType.CLICK, ActionType.DOUBLE_CLICK):
            return None
        row, column = divmod(cell, self.vector.actions.columns)
        looks = self.seen.looks.reshape(-1, *self.seen.looks.shape[-2:])
        return int(looks[frame[t, env], row, column]), cell

    def advance(self) -> None:
        """Make room for the next rollout: the last one's arrays must not be used after this.

        What is seen now becomes the first entry, and what was seen and decided where each open
        decision began is kept in the last.
        """
        order = torch.arange(1, self.steps + 1).unsqueeze(1) * self._decided
        began = (order.amax(0) - 1).numpy()  # -1: before this rollout, where it is kept already
        opened = np.flatnonzero(self._still_open.is_open.numpy() & (began >= 0))
        # Labels are written only where a screen is fresh: they stand further back.
        steps = np.arange(self.steps + 1).reshape(-1, 1)
        first_seen = np.maximum.accumulate(steps * self.seen.is_fresh[: self.steps + 1])
        everywhere = np.arange(len(self.vector))
        for kept, envs in ((began[opened], opened), (self.steps, everywhere)):
            for labels in (self.seen.looks, self.seen.letters):
                labels[kept, envs] = labels[first_seen[kept, envs], envs]
        for env in opened:
            for array in self.seen:
                array[self.steps + 1, env] = array[began[env], env]
            for part in self.taken.parts():
                part[self.steps, env] = part[began[env], env]
        for array in self.seen:
            array[0] = array[self.steps]
        self.opened = self._still_open
