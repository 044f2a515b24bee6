"""Questions that arrive together are answered together: one call of the model for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from hrlctl.env.arrays import ObservationArrays
from hrlctl.serve.model import Model

MAX_BATCH: Final = 32


class Question(NamedTuple):
    """One observation and the state before it."""

    seen: ObservationArrays  # one row
    state: npt.NDArray[np.int64]  # (parts,)


class Reply(NamedTuple):
    """What the model answers to one question."""

    action: npt.NDArray[np.int64]  # (6,)
    state: npt.NDArray[np.int64]  # (parts,), for the next step
    done_probability: float
    heads: dict[str, npt.NDArray[Any]]  # without the batch's dimension


class _Waiting(NamedTuple):
    question: Question
    reply: asyncio.Future[Reply]


class Batcher:
    """Hands the model whatever waits as soon as it is free; never waits for more.

    A question alone is answered at once; under load batches grow by themselves. The model runs in a
    thread of its own, so that requests are read meanwhile. Use it as an asynchronous context.

    Args:
        model: that answers.
        answered: told the size of each batch.
    """

    def __init__(self, model: Model, answered: Callable[[int], None]) -> None:
        self._model, self._answered = model, answered
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._worker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self._thread.shutdown(wait=True)

    async def ask(self, question: Question) -> Reply:
        """The model's answer; raises what the model raises."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        # Not bounded here: the gate bounds how many requests there are.
        self._waiting.put_nowait(_Waiting(question, reply))
        return await reply

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            batch = [waiting for waiting in batch if not waiting.reply.done()]  # cancelled ones
            if not batch:
                continue
            questions = [waiting.question for waiting in batch]
            try:
                replies = await loop.run_in_executor(self._thread, self._answer, questions)
            except Exception as error:  # reported to those who asked; others are served on
                for waiting in batch:
                    if not waiting.reply.done():
                        waiting.reply.set_exception(error)
                continue
            self._answered(len(batch))
            for waiting, reply in zip(batch, replies, strict=True):
                if not waiting.reply.done():
                    waiting.reply.set_result(reply)

    def _answer(self, questions: Sequence[Question]) -> list[Reply]:
        seen = ObservationArrays(
            *map(np.concatenate, zip(*(question.seen for question in questions), strict=True))
        )
        observations: dict[str, npt.NDArray[Any]] = {
            "screen": seen.screens,
            "tokens": seen.tokens,
            "slots": seen.slots,
            "context": seen.context,
        }
        answer = self._model.act(observations, np.stack([q.state for q in questions]))
        return [
            Reply(
                answer.action[row],
                answer.state[row],
                float(answer.done_probability[row]),
                {name: head[row] for name, head in answer.heads.items()},
            )
            for row in range(len(questions))
        ]
