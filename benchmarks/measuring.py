"""Shared by all benchmarks: parse options, measure in new processes, summarize rounds, save them as JSON.

A benchmark's docstring says what it measures and how to call it. If it compares two alternatives, each round
measures both, one after the other on the same machine, and reports the rounds' median ratio with its range.
"""

import argparse
import inspect
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tenfold.cores import describe_machine
from tenfold.files import write_json

HERE = Path(__file__).parent
RESULTS = HERE / "results"

Result = TypeVar("Result")


def parser(doc: str | None, **numbers: int) -> argparse.ArgumentParser:
    """An argument parser with a benchmark's `doc`, and an option for each of `numbers` with its default."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in numbers.items():
        made.add_argument(f"--{name}", type=_at_least_one, default=default)
    return made


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return int(text)


def printed_by(command: Sequence[str | Path]) -> Any:
    """The JSON in the last line that a process prints."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def in_new_process(function: Callable[..., Result], *arguments: str) -> Result:
    """Call a benchmark's `function`, with a JSON-serializable result, in a new process."""
    module = Path(inspect.getfile(function)).stem
    script = (
        f"import sys; sys.path.insert(0, {str(HERE)!r}); "
        f"import json, {module}; print(json.dumps({module}.{function.__name__}(*{arguments!r})))"
    )
    result: Result = printed_by([sys.executable, "-c", script])
    return result


def seconds_of(*arguments: str | Path) -> float:
    """From the start of `python ARGUMENTS` to its end; its output is not shown."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def memory_bytes(field: str, pid: int | str = "self", file: str = "status") -> int:
    """A process's memory on Linux: VmRSS is the current, VmHWM the peak, and Pss (in the file smaps_rollup)
    the current with shared memory counted proportionally."""
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return 1024 * int(line.split()[1])


def mean_percent(fractions: Iterable[Any]) -> float:
    """The mean of fractions or booleans, in percent."""
    return round(100 * statistics.fmean(fractions), 2)


def summarize(values: Sequence[float]) -> dict[str, float]:
    """Median, range and number of the rounds' values."""
    return {
        "median": round(statistics.median(values), 3),
        "lowest": round(min(values), 3),
        "highest": round(max(values), 3),
        "n": len(values),
    }


def summarize_all(measured: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """The same for each quantity that was measured."""
    return {name: summarize(values) for name, values in measured.items() if values}


def keep(name: str, results: dict[str, Any]) -> None:
    """Print `results` and write them to results/NAME.json, with the machine, the commit and the day."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HERE, check=True, capture_output=True, text=True
    )
    origin = {
        "machine": describe_machine(),
        "commit": commit.stdout.strip(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    print(json.dumps({**origin, **results}, indent=2))
    RESULTS.mkdir(exist_ok=True)
    write_json(RESULTS / f"{name}.json", {**origin, **results})
