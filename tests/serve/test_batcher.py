"""Items from many callers are worked on together, and each caller gets the answer to its own."""

import asyncio
from typing import Any

import pytest

from tenfold.serve.batcher import Batcher


def test_what_comes_at_once_is_one_batch_in_the_order_it_came() -> None:
    batches: list[list[int]] = []

    def double(items: list[int]) -> list[int]:
        batches.append(items)
        return [2 * item for item in items]

    async def ask() -> list[int]:
        batcher = Batcher(double)
        return await asyncio.gather(*map(batcher, (3, 1, 2)))

    assert asyncio.run(ask()) == [6, 2, 4]
    assert batches == [[3, 1, 2]]


def test_a_batch_waits_for_what_has_been_received_by_now() -> None:
    batches: list[list[int]] = []

    async def ask() -> None:
        async def ask_later() -> None:
            await asyncio.sleep(0)
            await batcher(2)

        def work(items: list[int]) -> list[int]:
            batches.append(items)
            return items

        batcher = Batcher(work)
        await asyncio.gather(batcher(1), ask_later())

    asyncio.run(ask())
    assert batches == [[1, 2]]


def test_what_comes_after_a_batch_is_taken_begins_the_next() -> None:
    batches: list[list[int]] = []
    asked: list[asyncio.Task[int]] = []

    async def ask() -> list[int]:
        def work(items: list[int]) -> list[int]:
            batches.append(items)
            if len(batches) == 1:
                asked.extend(asyncio.ensure_future(batcher(item)) for item in (2, 3))
            return items

        batcher = Batcher(work)
        return [await batcher(1), *await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [1, 2, 3]
    assert batches == [[1], [2, 3]]


def test_an_error_reaches_all_of_its_batch_and_no_later_one() -> None:
    def invert(items: list[int]) -> list[float]:
        return [1 / item for item in items]

    async def ask() -> list[Any]:
        batcher = Batcher(invert)
        failed = await asyncio.gather(*map(batcher, (1, 0)), return_exceptions=True)
        return [*failed, await batcher(2)]

    first, second, later = asyncio.run(ask())
    assert isinstance(first, ZeroDivisionError)
    assert isinstance(second, ZeroDivisionError)
    assert later == 0.5


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_a_caller_that_gives_up_does_not_cancel_other_answers(cancelled: int) -> None:
    async def ask() -> list[Any]:
        def work(items: list[int]) -> list[str]:
            return [str(item) for item in items]

        batcher = Batcher(work)
        asked = [asyncio.ensure_future(batcher(item)) for item in range(3)]
        await asyncio.sleep(0)  # all have handed in their item
        asked[cancelled].cancel()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(ask())
    assert isinstance(answers.pop(cancelled), asyncio.CancelledError)
    assert answers == [str(item) for item in range(3) if item != cancelled]
