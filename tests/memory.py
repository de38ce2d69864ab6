"""What a command needs at most, in a process of its own."""

import subprocess
import sys
from dataclasses import dataclass

_SCRIPT = """
import resource, sys
from tenfold import cli
sys.argv = ["tenfold", *sys.argv[1:]]
try:
    cli.main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, the last line it said, and the most memory it had."""

    code: int
    said: str
    peak_mib: int


def run_measured(*arguments: str) -> Ended:
    """Run `tenfold` with these arguments. It must end in one line on stderr, with no traceback."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments], capture_output=True, text=True, check=False
    )
    *said, peak = done.stderr.strip().splitlines()
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, said[-1] if said else "", int(peak))
