"""Rollouts from workers on a Ray cluster, each of which plays with a copy of the policy.

Ray starts the workers wherever there is room, hands them the newest weights through its object
store, and notices when they or their machine die. Needs the extra ``ray``.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final

import torch

from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Fault
from hrlctl.errors import CheckpointError, UsageError, WorkerError
from hrlctl.events import View
from hrlctl.packs import Task
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.schema.run import RunConfig
from hrlctl.training.checkpoint import RandomStreams
from hrlctl.training.curriculum import Curriculum, assigner
from hrlctl.training.environments import digest, load_tasks, make_vector, share_of, versions
from hrlctl.training.precision import Precision
from hrlctl.training.ranks import Ranks, require_same
from hrlctl.training.rollout import Rollout
from hrlctl.training.sources import LocalSource, RolloutSource
from hrlctl.training.transfer import Packed, merged, packed

START_SECONDS: Final = 300.0
"""For all workers to start, on machines that the cluster adds for them if it has to."""
PLAY_SECONDS: Final = 600.0
"""For a rollout; a worker that takes longer is replaced."""
MOST_REPLACEMENTS: Final = 3
"""Of one worker in one rollout."""
_CONNECT_SECONDS: Final = 5.0


class RolloutWorker:
    """One worker, as it runs on the cluster: its share of the environments, and a policy.

    Args:
        config: of the run, as JSON.
        rules: rewards and termination.
        number: which worker it is, from 0.
        count: how many there are.
        attempt: how often it has been replaced; each plays other instances.
    """

    def __init__(
        self, config: str, rules: EpisodeRules, number: int, count: int, attempt: int
    ) -> None:
        torch.set_num_threads(1)
        self._plan = (config, rules, number, count, attempt)
        self._has_begun = False

    def prepare(self) -> dict[str, Any]:
        """Make the environments; returns what has to be the same everywhere, and where this runs.

        Not done when it is created: what is wrong then would be told as the worker's death.
        """
        config, rules, number, count, attempt = self._plan
        run = RunConfig.model_validate_json(config)
        training, tasks = run.training, load_tasks(run)
        self.is_first = number == 0
        self.curriculum = Curriculum(run.curriculum, tasks)
        self.random = RandomStreams.of_seed(training.seed, 1 + number + attempt * count)
        self.policy = HierarchicalPolicy(run.policy)
        vector = make_vector(run, tasks, rules, Ranks(number, count))
        vector.assign = assigner(self.curriculum, self.random.tasks)
        self.vector = vector
        self.source = LocalSource(
            vector,
            training.buffer_size // training.num_envs,
            self.random.policy,
            training.gamma,
            training.gae_lambda,
        )
        return {
            "same": {**versions(), "tasks": digest(tasks)},
            "host": socket.gethostname(),
            "process": os.getpid(),
        }

    def follow(self, precision: Precision) -> None:
        """Compute in ``precision``; before anything is played."""
        self.source.follow(self.policy, self.curriculum, precision)

    def play(
        self, weights: dict[str, Any], curriculum: dict[str, Any]
    ) -> tuple[Packed, View | None, dict[str, float], list[Fault]]:
        """One rollout with these weights, and how that went; the first worker also shows itself."""
        self.policy.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in weights.items()})
        self.curriculum.restore(curriculum)
        if self._has_begun:
            self.curriculum.expect(self.vector.playing)
        else:
            self.source.begin()
            self._has_begun = True
        rollout = packed(self.source.collect())
        view = self.source.view() if self.is_first else None
        return rollout, view, self.source.seconds, self.source.take_faults()

    def advance(self) -> None:
        """The last rollout may go."""
        self.source.advance()

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""
        return {"random": self.random.state(), "environments": self.source.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned."""
        self.random.restore(state["random"])
        self.source.restore(state["environments"])
        self._has_begun = True


class RaySource(RolloutSource):
    """Workers on a Ray cluster.

    Args:
        config: of the run; ``training.workers`` of them share ``training.num_envs``. Where it is
            0 there are as many as this machine has processors, or as can share them evenly.
        tasks, rules: of the run.

    Attributes:
        processes: ids of the first workers' processes, on their machines.

    Raises:
        UsageError: Ray is not installed, no cluster answers, or a worker has other packs.
        ConfigurationError: the environments cannot be shared evenly by the workers.
        WorkerError: the workers do not start.
    """

    draws_here = False

    def __init__(self, config: RunConfig, tasks: Sequence[Task], rules: EpisodeRules) -> None:
        training, environment = config.training, config.environment
        actions = ActionSpace(environment.screen_width, environment.screen_height)
        super().__init__(tasks, actions, rules, training.num_envs)
        count = training.workers or _workers_for(training.num_envs)
        share_of(training.num_envs, count)
        if environment.task_file is not None:
            path = environment.task_file.absolute()
            environment = environment.model_copy(update={"task_file": path})
        training = training.model_copy(update={"workers": 0, "engine": "local"})
        policy = config.policy.model_copy(update={"pretrained_encoder": False})
        self._config = config.model_copy(
            update={"training": training, "environment": environment, "policy": policy}
        ).model_dump_json()
        self._ray = _connected(config.training.ray_address, count)
        self._actor = self._ray.remote(num_cpus=1)(RolloutWorker)
        self._attempts = [0] * count  # how often each worker was replaced
        self._replaced = [0] * count  # and since the last rollout
        self._workers: list[Any] = []
        try:
            self._workers = [self._started(number) for number in range(count)]
            self._check_facts()
        except BaseException:
            self.close()
            raise
        self._faults: list[Fault] = []
        self._view: View | None = None

    def follow(
        self, policy: HierarchicalPolicy, curriculum: Curriculum, precision: Precision
    ) -> None:
        self._policy, self._curriculum, self._precision = policy, curriculum, precision
        for worker in self._workers:
            worker.follow.remote(precision)

    def begin(self) -> None:
        """Workers begin with their first rollout, for which they need weights."""

    def collect(self) -> Rollout:
        began = perf_counter()
        weights = {k: v.detach().cpu().numpy() for k, v in self._policy.state_dict().items()}
        sent = self._ray.put(weights), self._ray.put(self._curriculum.state())
        parts: dict[int, Packed] = {}
        seconds: list[dict[str, float]] = []
        pending = {worker.play.remote(*sent): n for n, worker in enumerate(self._workers)}
        while pending:
            done, _ = self._ray.wait(list(pending), num_returns=1, timeout=PLAY_SECONDS)
            for reference in done or list(pending):
                number = pending.pop(reference)
                reason = f"no answer within {PLAY_SECONDS:g} s"
                if done:
                    try:
                        parts[number], view, phases, faults = self._answer(reference)
                    except self._ray.exceptions.RayError as error:
                        reason = str(error).splitlines()[0]
                    else:
                        self._view = view or self._view
                        self._faults += faults
                        seconds.append(phases)
                        continue
                self._replace(number, reason)
                pending[self._workers[number].play.remote(*sent)] = number
        self._replaced = [0] * len(self._workers)
        rollout = merged([parts[number] for number in sorted(parts)])
        self.seconds = {
            name: sum(phases[name] for phases in seconds) / len(seconds) for name in seconds[0]
        }
        self.seconds["transfer"] = perf_counter() - began - max(sum(p.values()) for p in seconds)
        return rollout

    def view(self) -> View:
        if self._view is None:
            raise RuntimeError("nothing has been played yet")
        return self._view

    def advance(self) -> None:
        for worker in self._workers:
            worker.advance.remote()

    def take_faults(self) -> list[Fault]:
        faults, self._faults = self._faults, []
        return faults

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds; of a worker that has just died nothing: it will begin anew."""
        states: list[dict[str, Any] | None] = []
        for number, asked in enumerate([worker.state.remote() for worker in self._workers]):
            try:
                states.append(self._answer(asked))
            except self._ray.exceptions.RayError as error:
                states.append(None)
                self._replace(number, str(error).splitlines()[0])
        return {"workers": states}

    def restore(self, state: dict[str, Any]) -> None:
        if "workers" not in state:
            raise CheckpointError(
                "its run was played by another engine", hint="resume with --engine local"
            )
        states = state["workers"]
        if len(states) != len(self._workers):
            raise CheckpointError(
                f"its run has {len(states)} workers, not {len(self._workers)}",
                hint=f"resume with --workers {len(states)}, or use --init-from",
            )
        asked = [
            worker.restore.remote(of_worker)
            for worker, of_worker in zip(self._workers, states, strict=True)
            if of_worker is not None
        ]
        try:
            for reference in asked:
                self._answer(reference)
        except self._ray.exceptions.RayError as error:
            raise WorkerError(f"a worker was lost: {error}", hint="resume again") from error

    def close(self) -> None:
        try:
            for worker in self._workers:
                self._ray.kill(worker)
        finally:
            self._workers = []
            self._ray.shutdown()

    def _answer(self, reference: Any) -> Any:
        """What a worker has answered, as if it had been asked here.

        Raises:
            RayError: it was lost.
            Exception: what it raised itself.
        """
        try:
            return self._ray.get(reference, timeout=PLAY_SECONDS)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from error

    def _started(self, number: int) -> Any:
        count, attempt = len(self._attempts), self._attempts[number]
        return self._actor.remote(self._config, self.rules, number, count, attempt)

    def _check_facts(self) -> None:
        asked = [worker.prepare.remote() for worker in self._workers]
        ready, waiting = self._ray.wait(asked, num_returns=len(asked), timeout=START_SECONDS)
        if waiting:
            raise WorkerError(
                f"only {len(ready)} of {len(asked)} workers have started within"
                f" {START_SECONDS:g} s",
                hint="the cluster has no room for more: ask for fewer with --workers",
            )
        try:
            facts = [self._answer(reference) for reference in ready]
        except self._ray.exceptions.RayError as error:
            raise WorkerError(f"a worker cannot start: {error}") from error
        self.processes = [int(fact["process"]) for fact in facts]
        require_same(
            {"the learner": {**versions(), "tasks": digest(self.tasks)}}
            | {f"the worker on {fact['host']}": fact["same"] for fact in facts}
        )

    def _replace(self, number: int, reason: str) -> None:
        """Put a new worker in the place of one that died or hangs; its episodes are gone."""
        lost = self._workers[number]
        self._faults.append(Fault(number, reason))
        self._attempts[number] += 1
        self._replaced[number] += 1
        if self._replaced[number] > MOST_REPLACEMENTS:
            raise WorkerError(
                f"worker {number} was lost {self._replaced[number]} times in one rollout: {reason}",
                hint="go on with --resume and the newest checkpoint when the cluster is well",
            )
        self._ray.kill(lost)
        self._workers[number] = self._started(number)
        self._workers[number].prepare.remote()
        self._workers[number].follow.remote(self._precision)


def _workers_for(num_envs: int) -> int:
    processors = os.cpu_count() or 1
    return max(n for n in range(1, min(processors, num_envs) + 1) if num_envs % n == 0)


def _connected(address: str | None, workers: int) -> Any:
    """Ray, in touch with the cluster at ``address``, or with one of its own on this machine."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine unasked
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns of the future
    try:
        import ray
    except ImportError as error:
        raise UsageError(
            f"the engine 'ray' needs Ray, which cannot be imported: {error}",
            hint="pip install 'hrlctl[ray]'",
        ) from error
    options: dict[str, Any] = {"address": address, "log_to_driver": False}
    if address is None:
        processors = max(workers, os.cpu_count() or 1)
        options |= {"address": "local", "num_cpus": processors, "include_dashboard": False}
    elif ":" in address and "://" not in address:
        _require_answer(address)
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(**options, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UsageError(
            f"no Ray cluster can be reached: {error}",
            where=f"--ray-address {address}" if address else None,
            hint="start one with 'ray start --head'; --ray-address null takes this machine alone",
        ) from error
    finally:
        # Ray puts its own in its place, which ends the process: the run would not be saved.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)
    return ray


def _require_answer(address: str) -> None:
    """Ray itself waits long for a cluster that is not there."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS):
            pass
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no Ray cluster answers: {error}",
            where=f"--ray-address {address}",
            hint="look for it with 'ray status'; --ray-address null takes this machine alone",
        ) from error
