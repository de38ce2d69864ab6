"""A budget that is taken from and given back to, whatever happens meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.exceptions import HTTPException

from tenfold.serve.capacity import Capacity


def left_of(capacity: Capacity, at_most: int) -> int:
    """The largest amount that can be taken."""
    for amount in range(at_most, 0, -1):
        try:
            with capacity.take(amount):
                return amount
        except HTTPException:
            continue
    return 0


def test_more_than_is_left_is_refused_and_takes_nothing() -> None:
    capacity = Capacity(10)
    with capacity.take(7):
        with pytest.raises(HTTPException) as refusal, capacity.take(4):
            pass
        assert left_of(capacity, 10) == 3
    assert left_of(capacity, 10) == 10
    assert refusal.value.status_code == 503
    assert refusal.value.headers == {"Retry-After": "1"}


def test_it_is_used_up_while_all_of_it_is_taken() -> None:
    capacity = Capacity(2)
    used_up = []
    with capacity.take():
        used_up.append(capacity.is_used_up)
        with capacity.take():
            used_up.append(capacity.is_used_up)
        used_up.append(capacity.is_used_up)
    assert used_up == [False, True, False]


def test_work_that_fails_gives_back_what_it_took() -> None:
    capacity = Capacity(3)
    with pytest.raises(ZeroDivisionError), capacity.take(3):
        _ = 1 / 0
    assert left_of(capacity, 3) == 3


def test_work_that_is_cancelled_gives_back_what_it_took() -> None:
    capacity = Capacity(3)

    async def hold() -> None:
        with capacity.take(3):
            await asyncio.Event().wait()

    async def cancel() -> bool:
        holding = asyncio.create_task(hold())
        await asyncio.sleep(0)
        was_used_up = capacity.is_used_up
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        return was_used_up

    assert asyncio.run(cancel())
    assert left_of(capacity, 3) == 3


def test_threads_that_take_and_give_back_at_once_lose_nothing() -> None:
    capacity = Capacity(8)

    def take(_: int) -> None:
        with capacity.take():
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(2000)))
    assert left_of(capacity, 8) == 8
