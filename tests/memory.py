"""Peak memory of a command and its child processes."""

import subprocess
import sys
from dataclasses import dataclass

# Not `getrusage` for the process itself: there it begins with what its parent had.
_SCRIPT = """
import resource
import sys
from pathlib import Path
from tenfold import cli
try:
    cli.main()
finally:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(max(int(line.split()[1]), of_children) // 1024, file=sys.stderr)
"""


@dataclass(frozen=True)
class Ended:
    """A command's exit code, last line and peak memory."""

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
