"""A billion images on a thousand machines, on paper: what would take how long, and what gives out first.

usage: python benchmarks/on_paper.py

Measures here how fast Ray Data hands out tasks that do nothing, and how long one core reads a photographed
page; takes how many digits a core reads under Ray from results/bulk.json. The rest is arithmetic over what is
assumed below. Prints a table, and keeps it in benchmarks/results/.
"""

import json
import logging
import statistics
import time
from pathlib import Path
from typing import Any

from ratios import RESULTS, keep
from tenfold.cluster import connect
from tenfold.reader import Reader

PAGE = Path(__file__).parents[1] / "docs" / "reading" / "example.jpg"
IMAGES = 1_000_000_000
CORES_PER_MACHINE = 16
NETWORK_GB_PER_S = 1.25  # of each machine: 10 Gbit/s
STORE_GB_PER_S = 20.0  # of the object store in all
DIGIT_BYTES = 1024  # in a tar, with its head
DIGITS_PER_SHARD, PAGES_PER_SHARD = 10_000, 500
MACHINES = (1, 10, 100, 1000)


def tasks_per_s() -> float:
    """How many empty tasks a second Ray Data gets done, when it has two cores for itself and them."""
    connect(None)
    from ray.data import DataContext, from_items

    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    n = 2000
    rates = []
    for _ in range(3):
        start = time.perf_counter()
        done = from_items([{"shard": "x"} for _ in range(n)], override_num_blocks=n).map(_nothing, num_cpus=1)
        rates.append(sum(1 for _ in done.iter_rows()) / (time.perf_counter() - start))
    return statistics.median(rates)


def _nothing(row: dict[str, Any]) -> dict[str, Any]:
    return row


def pages_per_s() -> float:
    """How many pages one core reads a second."""
    reader, page = Reader(cores=1), PAGE.read_bytes()
    seconds = []
    for _ in range(7):
        start = time.process_time()
        reader.read(page)
        seconds.append(time.process_time() - start)
    return 1 / statistics.median(seconds)


def on_paper(machines: int, images_per_s: float, image_bytes: int, shard: int, rate: float) -> dict[str, Any]:
    """The hours that each of four would take alone, the longest of which it takes; and the core-hours."""
    cores = machines * CORES_PER_MACHINE
    tasks = min(IMAGES / shard, 16 * cores, max(2 * cores, 2000))
    gigabytes = IMAGES * image_bytes / 1e9
    hours = {
        "cores": IMAGES / images_per_s / cores / 3600,
        "network": gigabytes / (NETWORK_GB_PER_S * machines) / 3600,
        "storage": gigabytes / STORE_GB_PER_S / 3600,
        "driver": tasks / rate / 3600,
    }
    first = max(hours, key=lambda name: hours[name])
    return {
        "machines": machines,
        "hours": round(hours[first], 3),
        "limited_by": first,
        "next": {name: round(of / hours[first], 3) for name, of in hours.items() if name != first},
        "core_hours": round(hours[first] * cores),
    }


def main() -> None:
    digits = json.loads((RESULTS / "bulk.json").read_text())["ray"]["images_per_s_per_core"]["median"]
    rate, pages = tasks_per_s(), pages_per_s()
    page_bytes = PAGE.stat().st_size
    keep(
        "on_paper",
        {
            "assumed": {
                "images": IMAGES,
                "cores_per_machine": CORES_PER_MACHINE,
                "network_gb_per_s_per_machine": NETWORK_GB_PER_S,
                "store_gb_per_s": STORE_GB_PER_S,
            },
            "tasks_per_s": round(rate),
            "digits": {
                "per_s_per_core": round(digits),
                "bytes": DIGIT_BYTES,
                "table": [on_paper(n, digits, DIGIT_BYTES, DIGITS_PER_SHARD, rate) for n in MACHINES],
            },
            "pages": {
                "per_s_per_core": round(pages, 2),
                "bytes": page_bytes,
                "table": [on_paper(n, pages, page_bytes, PAGES_PER_SHARD, rate) for n in MACHINES],
            },
        },
    )


if __name__ == "__main__":
    main()
