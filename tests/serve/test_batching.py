"""Questions that wait together are answered together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hrlctl.env.action import ActionSpace
from hrlctl.serve.batching import MAX_BATCH, Batcher
from hrlctl.serve.sessions import Sessions

if TYPE_CHECKING:
    from hrlctl.serve.batching import Question
    from tests.serve.conftest import FakeModel


def question(model: FakeModel, color: int = 90) -> Question:
    session = Sessions(model.initial_state(1)[0]).passing("Open it", 30)
    screen = np.full((120, 160, 3), color, np.uint8)
    return session.question(screen, ActionSpace(160, 120))


async def _asked(model: FakeModel) -> None:
    await asyncio.to_thread(model.is_asked.wait, 30)


def test_what_arrives_while_the_model_works_is_one_batch(model: FakeModel) -> None:
    sizes: list[int] = []

    async def ask() -> list[float]:
        async with Batcher(model, sizes.append) as batcher:
            model.may_answer.clear()
            first = asyncio.create_task(batcher.ask(question(model)))
            await _asked(model)
            others = [
                asyncio.create_task(batcher.ask(question(model, color))) for color in (0, 1, 0)
            ]
            await asyncio.sleep(0)  # they run until they wait
            model.may_answer.set()
            return [reply.done_probability for reply in await asyncio.gather(first, *others)]

    assert asyncio.run(ask()) == [0, 1, 0, 1]  # each its own answer
    assert model.batches == sizes == [1, 3]


def test_a_batch_has_an_upper_limit(model: FakeModel) -> None:
    async def ask() -> None:
        async with Batcher(model, lambda size: None) as batcher:
            model.may_answer.clear()
            first = asyncio.create_task(batcher.ask(question(model)))
            await _asked(model)
            others = [
                asyncio.create_task(batcher.ask(question(model))) for _ in range(MAX_BATCH + 3)
            ]
            await asyncio.sleep(0)
            model.may_answer.set()
            await asyncio.gather(first, *others)

    asyncio.run(ask())
    assert model.batches == [1, MAX_BATCH, 3]


def test_who_has_gone_is_not_answered(model: FakeModel) -> None:
    async def ask() -> None:
        async with Batcher(model, lambda size: None) as batcher:
            model.may_answer.clear()
            first = asyncio.create_task(batcher.ask(question(model)))
            await _asked(model)
            gone, stays = (asyncio.create_task(batcher.ask(question(model))) for _ in range(2))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
            model.may_answer.set()
            await asyncio.gather(first, stays)

    asyncio.run(ask())
    assert model.batches == [1, 1]


def test_a_fault_reaches_those_who_asked_and_nobody_else(model: FakeModel) -> None:
    async def ask() -> float:
        async with Batcher(model, lambda size: None) as batcher:
            model.error = ValueError("broken")
            with pytest.raises(ValueError, match="broken"):
                await batcher.ask(question(model))
            model.error = None
            return (await batcher.ask(question(model, 0))).done_probability

    assert asyncio.run(ask()) == 1
