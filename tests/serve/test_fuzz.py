"""Damaged pictures from many clients at once: each is answered, none is the service's fault.

50,000 of them where slow tests run, a few hundred otherwise.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from damage import damaged_pictures
from tenfold.data import Dataset


@pytest.mark.parametrize("count", [400, pytest.param(50_000, marks=pytest.mark.slow)])
def test_damaged_pictures_are_answered_with_200_or_400(service: Any, mnist: Dataset, count: int) -> None:
    page = 255 - np.pad(np.concatenate(mnist.x_test[:4], axis=1), 8)

    def send(numbered: tuple[int, bytes]) -> int:
        number, content = numbered
        path = ("/v1/read", "/v1/digits", "/v1/explain", "/v1/table")[number % 4]
        answer = service.client.post(path, content=content, timeout=30)
        assert ("error" in answer.json()) == (answer.status_code == 400)
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, enumerate(damaged_pictures(page, count))))

    assert set(statuses) == {200, 400}
    assert 0.1 < statuses.count(400) / count < 0.95
