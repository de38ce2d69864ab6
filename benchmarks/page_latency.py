"""Latency of the reading on `tenfold serve`'s page behind the pen, in a real browser on this machine.

usage: python benchmarks/page_latency.py [--numbers N]

Starts a service and Debian's chromium without a window, and writes numbers with the mouse at 120 moves per
second. A move's delay is the time until the frame that shows a reading of ink that includes it. Prints the
median and the 95th percentile over all moves, and saves them in benchmarks/results/.
"""

import math
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from playwright.sync_api import Page, sync_playwright

from measuring import keep, parser

MOVES_PER_S = 120
STROKE_S = 0.6

# Collects the times of pen moves and, for each reading shown, its latest move and when it was shown.
COLLECT = """
window.moves = [];
window.readings = [];
document.addEventListener("pointermove", ({ buttons, timeStamp }) => buttons && moves.push(timeStamp), true);
new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries())
        if (name === "reading") window.readings.push([startTime, startTime + duration]);
}).observe({ type: "measure" });
"""


def write_number(page: Page, digits: int) -> None:
    """Draw rings next to each other, like zeros."""
    box = page.locator("#paper").bounding_box()
    assert box is not None  # noqa: S101 - the paper is on the page
    radius = box["width"] / digits / 3
    n_moves = int(STROKE_S * MOVES_PER_S)
    for digit in range(digits):
        centre = box["x"] + box["width"] * (digit + 0.5) / digits, box["y"] + box["height"] / 2
        begun = time.perf_counter()
        for move in range(n_moves):
            angle = 2 * math.pi * move / n_moves
            page.mouse.move(centre[0] + radius * math.cos(angle), centre[1] + 1.4 * radius * math.sin(angle))
            if move == 0:
                page.mouse.down()
            time.sleep(max(0.0, begun + (move + 1) / MOVES_PER_S - time.perf_counter()))
        page.mouse.up()
    while not page.evaluate("readings.at(-1)?.[0] >= moves.at(-1)"):
        page.wait_for_timeout(50)


def delays_ms(moves: list[float], readings: list[list[float]]) -> list[float]:
    """The delay of each move, to the first reading shown that includes it."""
    return [min((shown for newest, shown in readings if newest >= move)) - move for move in moves]


def measure(address: str, numbers: int) -> list[float]:
    chromium = shutil.which("chromium")
    delays = []
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        page = browser.new_page()
        page.add_init_script(COLLECT)
        for number in range(numbers + 1):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            write_number(page, digits=1 + number % 4)
            if number > 0:  # the first warms everything up
                delays += delays_ms(page.evaluate("moves"), page.evaluate("readings"))
        browser.close()
    return delays


def main() -> None:
    numbers = parser(__doc__, numbers=8).parse_args().numbers
    command = [sys.executable, "-m", "tenfold", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as service:
        assert service.stdout is not None  # noqa: S101 - it is a pipe
        try:
            delays = measure(service.stdout.readline().strip(), numbers)
        finally:
            service.terminate()
    median, p95 = np.percentile(delays, [50, 95])
    result = {"moves": len(delays), "median_ms": round(float(median), 1), "p95_ms": round(float(p95), 1)}
    keep("page_latency", result)


if __name__ == "__main__":
    main()
