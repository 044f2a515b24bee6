"""Plain lines: what a log file or a pipe gets instead of the live panel."""

from __future__ import annotations

import sys
from typing import Self, TextIO

from hrlctl.cli.renderer import announce_on_stderr
from hrlctl.events import (
    CheckpointSaved,
    CloningProgressed,
    DemonstrationsPlayed,
    Event,
    RunFinished,
    RunStarted,
    StageAdvanced,
    StageReopened,
    UpdateFinished,
    WarningRaised,
    WorkerRestarted,
)

SECONDS_BETWEEN_BLOCKS = 3.0


class PlainRenderer:
    """One block an update, but at most one every few seconds; other news are one line each.

    Args:
        stream: where the lines go; each is flushed at once.
        seconds_between_blocks: of the run's own time.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        seconds_between_blocks: float = SECONDS_BETWEEN_BLOCKS,
    ) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._pause = seconds_between_blocks
        self._last_block: float | None = None  # seconds since the run began

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.flush()

    def announce_stop(self) -> None:
        announce_on_stderr()

    def show(self, event: Event) -> None:
        if isinstance(event, UpdateFinished):
            self._show_update(event)
        else:
            for line in lines_of(event):
                print(line, file=self._stream, flush=True)

    def _show_update(self, update: UpdateFinished) -> None:
        is_last = update.steps >= update.total_steps
        if self._last_block is None or is_last or update.seconds - self._last_block >= self._pause:
            print(block_of(update), end="\n\n", file=self._stream, flush=True)
            self._last_block = update.seconds


def block_of(update: UpdateFinished) -> str:
    """The six lines of an update."""
    return "\n".join(
        [
            f"Update {update.update}/{update.updates} | Step {update.steps}/{update.total_steps}",
            f"FPS: {update.steps_per_second:.2f} | Time: {update.seconds:.2f}s",
            f"Mean Reward: {_number(update.mean_reward, 2)}",
            f"Success Rate: {percent(update.success_rate)}",
            f"Policy Loss: {_number(update.losses.get('policy'), 4)}",
            f"Value Loss: {_number(update.losses.get('value'), 4)}",
        ]
    )


def lines_of(event: Event) -> list[str]:
    """An event that is no update in a line or two; none for one that plain output leaves out."""
    match event:
        case RunStarted():
            lines = [
                f"{event.policy} policy, {event.encoder} encoder, {event.parameters} parameters "
                f"on {event.device}, seed {event.seed}",
                f"{len(event.task_ids)} tasks, {event.num_envs} environments, "
                f"{event.rollout_steps} steps an update",
            ]
            if event.demonstrations:
                lines.append(f"Warm start from {event.demonstrations} demonstrations")
            if event.resumed_from is not None:
                lines.append(f"Resumed from {event.resumed_from} at step {event.steps}")
            return [*lines, ""]
        case DemonstrationsPlayed():
            return [
                f"Demonstrations: {event.played}/{event.count} | "
                f"Steps: {event.demonstrated_steps} | Time: {event.seconds:.2f}s"
            ]
        case CloningProgressed():
            known = [f"{name.replace('_', ' ')} {rate:.0%}" for name, rate in event.shares.items()]
            return [
                f"Cloning: {event.round}/{event.rounds} | Time: {event.seconds:.2f}s | "
                f"Loss: {_number(event.losses.get('worker'), 4)} | {', '.join(known)}"
            ]
        case StageAdvanced():
            return [
                f"Stage: {event.from_stage} passed at {percent(event.success_rate)} after "
                f"{event.steps_in_stage} steps, now {event.to_stage}"
            ]
        case StageReopened():
            return [f"Stage: {event.stage} slipped to {percent(event.success_rate)}, open again"]
        case CheckpointSaved():
            return [f"Checkpoint: {event.path}"]
        case WarningRaised():
            hint = f" ({event.hint})" if event.hint else ""
            return [f"Warning: {event.message}{hint}"]
        case WorkerRestarted():
            return [f"Warning: worker {event.worker} was restarted: {event.reason}"]
        case RunFinished():
            return _lines_of_the_end(event)
        case _:
            return []


def percent(rate: float | None) -> str:
    """A share as ``45.00%``."""
    return "n/a" if rate is None else f"{rate:.2%}"


def _lines_of_the_end(event: RunFinished) -> list[str]:
    word = "Interrupted" if event.interrupted else "Finished"
    lines = [
        f"{word} at step {event.steps} after {event.seconds:.2f}s | "
        f"Success Rate: {percent(event.success_rate)}"
    ]
    lines += [
        f"Steps in {stage}: {steps}" for stage, steps in event.stage.steps_by_stage.items() if steps
    ]
    if event.final_model is not None:
        lines.append(f"Final model: {event.final_model}")
    return lines


def _number(value: float | None, digits: int) -> str:
    return "n/a" if value is None else f"{value:.{digits}f}"
