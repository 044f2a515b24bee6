"""How many steps per second the simulated desktop makes on one core, rendering and resets included.

Half of the actions solve tasks (the oracles' scripts), half are random; over all tasks of the
installed packs that are for the simulator, all splits and therefore all themes. Only the simulator
is timed: resets, commands and captures; not the drawing of instances, nor the oracles. The time is
the processor's, so that what else the machine does counts as little as possible.

python benchmarks/simulator.py --json
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import cycle

from hrlctl.desktop.commands import Command
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import Action, ActionSpace, ActionType
from hrlctl.env.episode import action_types
from hrlctl.env.observation import read_instruction
from hrlctl.env.oracle import Oracle
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Split

BAR_STEPS_PER_SECOND = 15_000
WIDTH, HEIGHT = 160, 120
WARM_UP_EPISODES = 1000


class Stopwatch:
    """A desktop whose own work is timed."""

    def __init__(self) -> None:
        self.desktop = SimDesktop(WIDTH, HEIGHT)
        self.actions = ActionSpace(WIDTH, HEIGHT)
        self.seconds = 0.0
        self.steps = 0
        self.resets = 0

    def reset(self, instance: Instance) -> None:
        """Start the episode and look at it."""
        start = time.process_time()
        self.desktop.reset(instance.setup, instance.seed)
        self.desktop.capture()
        self.seconds += time.process_time() - start
        self.resets += 1

    def step(self, command: Command) -> None:
        """Act and look."""
        start = time.process_time()
        self.desktop.perform(command)
        self.desktop.capture()
        self.seconds += time.process_time() - start
        self.steps += 1


def oracle_actions(watch: Stopwatch, instance: Instance) -> Iterator[Action]:
    """The scripted solution."""
    oracle = Oracle(instance, watch.actions)
    while (action := oracle.next_action(watch.desktop)) is not None:
        yield action


def random_actions(watch: Stopwatch, instance: Instance, rng: random.Random) -> Iterator[Action]:
    """Any action that can be taken, until the episode is over; the agent never says "done"."""
    allowed = action_types(read_instruction(instance.instruction))
    kinds = [kind for kind in ActionType if allowed[kind] and kind is not ActionType.DONE]
    slots = len(read_instruction(instance.instruction).texts)
    sizes = watch.actions.sizes
    for _ in range(instance.max_steps):
        action = watch.actions.encode(
            rng.choice(kinds),
            pointer=rng.randrange(sizes[1]),
            target=rng.randrange(sizes[2]),
            slot=rng.randrange(max(1, slots)),
            direction=rng.choice(("up", "down")),
        )
        action[3] = rng.randrange(sizes[3])
        yield action


def measure(tasks: Sequence[Task], episodes: int, first_seed: int) -> Stopwatch:
    """Play episodes; as many actions come from oracles as from chance."""
    watch = Stopwatch()
    rng = random.Random(first_seed)
    played = {True: 0, False: 0}
    wheels = {by_oracle: cycle(tasks) for by_oracle in played}
    splits = cycle(Split)
    for seed in range(first_seed, first_seed + episodes):
        by_oracle = played[True] <= played[False]
        instance = draw_instance(next(wheels[by_oracle]), seed, next(splits))
        slots = read_instruction(instance.instruction).texts
        watch.reset(instance)
        actions = (
            oracle_actions(watch, instance) if by_oracle else random_actions(watch, instance, rng)
        )
        for action in actions:
            watch.step(watch.actions.decode(action, slots))
            played[by_oracle] += 1
    return watch


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--episodes", type=int, default=3000)
    arguments = parser.parse_args()
    tasks = TaskSelection(desktop="sim").load()
    measure(tasks, min(WARM_UP_EPISODES, arguments.episodes), 10_000_000)  # fills the caches
    watch = measure(tasks, arguments.episodes, 0)
    result = {
        "steps_per_second": watch.steps / watch.seconds,
        "steps": watch.steps,
        "resets": watch.resets,
        "seconds": watch.seconds,
        "bar_steps_per_second": BAR_STEPS_PER_SECOND,
    }
    if arguments.json:
        print(json.dumps(result))
    else:
        print(
            f"{result['steps_per_second']:.0f} steps/s ({watch.steps} steps and {watch.resets} "
            f"resets in {watch.seconds:.1f} s; bar {BAR_STEPS_PER_SECOND})"
        )


if __name__ == "__main__":
    main()
