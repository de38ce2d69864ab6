"""Work that takes too long, or too much memory."""

import asyncio
import gc
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from endless import write_endless_reader
from serve.conftest import encode, wait_until
from serve.test_refusals import bomb
from tenfold.cores import available_cores
from tenfold.serve.metrics import MetricsMiddleware
from tenfold.serve.service import Service
from tenfold.serve.settings import ServiceSettings

Start = Callable[..., Any]

CORES = available_cores()
SOLID = encode(np.pad(np.zeros((40, 40), dtype=np.uint8), 10, constant_values=255))


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Service]:
    service = Service(ServiceSettings(**settings))
    try:
        yield service
    finally:
        service.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What the work of a test waits for; it opens at the end."""
    opened = threading.Event()
    yield opened
    opened.set()


async def status_of(answer: Any) -> int:
    try:
        await answer
    except HTTPException as refusal:
        return refusal.status_code
    return 200


def test_what_has_waited_for_a_thread_until_its_time_was_over_is_not_begun(gate: threading.Event) -> None:
    begun = []

    def work(_: bytes, name: str, __: object) -> None:
        begun.append(name)
        gate.wait()

    async def overload() -> list[int]:
        async with serving(timeout_s=0.3) as service:
            answers = [service.run(work, b"", f"{number}") for number in range(CORES + 1)]
            statuses = await asyncio.gather(*map(status_of, answers))
            gate.set()
            assert await status_of(service.run(lambda _, __: None, b"")) == 200  # comes after all of them
            return statuses

    assert asyncio.run(overload()) == [504] * (CORES + 1)
    assert sorted(begun) == [f"{number}" for number in range(CORES)]


def test_what_goes_wrong_after_the_answer_is_not_logged(gate: threading.Event) -> None:
    said = []

    def work(_: bytes, __: object) -> None:
        gate.wait()
        raise RuntimeError

    async def fail_late() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
        async with serving(timeout_s=0.1) as service:
            assert await status_of(service.run(work, b"")) == 504
            gate.set()
            await asyncio.sleep(0.1)
        gc.collect()

    asyncio.run(fail_late())
    assert not said


def test_a_service_whose_threads_are_all_stuck_says_so(gate: threading.Event) -> None:
    async def get_stuck() -> list[bool]:
        async with serving(timeout_s=0.2) as service:
            seen = [service.is_stuck]
            stuck = [status_of(service.run(lambda _, __: gate.wait(), b"")) for _ in range(CORES)]
            await asyncio.gather(*stuck)
            await asyncio.sleep(0.1)
            seen.append(service.is_stuck)
            gate.set()
            await status_of(service.run(lambda _, __: None, b""))
            return [*seen, service.is_stuck]

    assert asyncio.run(get_stuck()) == [False, True, False]


def test_pictures_share_one_budget_of_memory(gate: threading.Event) -> None:
    arrived = threading.Semaphore(0)

    def work(*_: object) -> None:
        arrived.release()
        gate.wait()

    async def ask_for_too_much() -> list[int]:
        async with serving(max_pixels=100_000_000) as service:
            first = asyncio.create_task(status_of(service.read(bomb(10_000), work)))
            await asyncio.to_thread(arrived.acquire)
            while_first = await status_of(service.read(bomb(10_000), work)) if CORES > 1 else 503
            gate.set()
            return [await first, while_first, await status_of(service.read(bomb(10_000), work))]

    assert asyncio.run(ask_for_too_much()) == [200, 503, 200]


def test_bodies_count_against_the_same_budget(gate: threading.Event) -> None:
    async def keep_bodies() -> set[int]:
        body = bytes(2**27)
        async with serving() as service:
            kept = [status_of(service.run(lambda _, __: gate.wait(), body)) for _ in range(8 * CORES)]
            asyncio.get_running_loop().call_later(0.2, gate.set)
            return set(await asyncio.gather(*kept))

    assert asyncio.run(keep_bodies()) == {200, 503}


def test_a_request_that_is_cancelled_when_the_service_ends_is_answered() -> None:
    sent: list[Message] = []

    async def wait_for_ever(_: Scope, __: Receive, ___: Send) -> None:
        await asyncio.Event().wait()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def end() -> None:
        request = asyncio.create_task(MetricsMiddleware(wait_for_ever)({"type": "http"}, receive, send))
        await asyncio.sleep(0)
        request.cancel()
        await request

    asyncio.run(end())
    assert [message.get("status") for message in sent] == [503, None]


@pytest.mark.parametrize("workers", [1, 2])
def test_it_ends_in_time_whatever_its_threads_are_at(start: Start, tmp_path: Path, workers: int) -> None:
    model = write_endless_reader(tmp_path / "reader.onnx", beyond=0.3)
    service = start("--model", str(model), "--timeout", "2", "--workers", str(workers))

    def ask(_: int) -> int:
        headers = {"Connection": "close"}
        return int(service.client.post("/v1/digits", content=SOLID, headers=headers).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(4 * CORES * workers))) <= {504, 503}
    if workers == 1:
        wait_until(lambda: service.client.get("/health/ready").status_code == 503)
        assert service.client.get("/health/live").status_code == 200
    begun = time.monotonic()

    assert service.stop(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 2 + 5
    assert service.log.read_text() == ""
