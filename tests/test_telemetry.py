"""No library that tenfold uses sends telemetry."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MAY_REPORT = {"ORT_DISABLE_TELEMETRY": "0"}
SERVICE = (sys.executable, "-m", "tenfold", "serve", "--port", "0")
EXAMPLE = Path(__file__).parents[1] / "docs" / "reading" / "example.jpg"
# ONNX Runtime sends no telemetry from CI machines, which it recognizes by these.
CONTINUOUS_INTEGRATION = {
    "APPVEYOR",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CI",
    "CIRCLECI",
    "CODEBUILD_BUILD_ID",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
}
INTERNET = re.compile(r"sa_family=AF_INET6?, sin6?_port=htons\(([1-9]\d*)\)")


def can_trace() -> bool:
    """Whether strace is there, and may look at processes."""
    if shutil.which("strace") is None:
        return False
    return (
        subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0
    )


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@dataclass(frozen=True)
class Service:
    """The system calls of an idle service."""

    folder: Path

    @property
    def connections(self) -> list[str]:
        """Calls by which it turned to another machine: for a name, a server of names."""
        calls = (self.folder / "calls.txt").read_text().splitlines()
        return [call for call in calls if "connect(" in call and INTERNET.search(call)]

    @property
    def left_at_home(self) -> list[Path]:
        return files_in(self.folder / "home")


@contextmanager
def traced_service(folder: Path, **variables: str) -> Iterator[Service]:
    """It has begun to answer."""
    (folder / "home").mkdir(parents=True)
    process = subprocess.Popen(
        ["strace", "-f", "-qq", "-e", "trace=connect", "-o", str(folder / "calls.txt"), *SERVICE],
        env=environment(folder / "home", **variables),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("http://")
        yield Service(folder)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def environment(home: Path, **variables: str) -> dict[str, str]:
    """Of a user with this home folder, who has not heard of telemetry, wherever the tests run."""
    switches = {
        "ORT_DISABLE_TELEMETRY",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        *CONTINUOUS_INTEGRATION,
    }
    kept = {name: value for name, value in os.environ.items() if name not in switches}
    return {**kept, "HOME": str(home), **variables}


@contextmanager
def waiting_after(statement: str, home: Path, **variables: str) -> Iterator[None]:
    """A process that has run `statement` and goes on living."""
    home.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", f"{statement}\nprint('done', flush=True)\ninput()"],
        env=environment(home, **variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"
            yield
        finally:
            process.kill()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    "statement",
    [
        "import tenfold; tenfold.Reader().read(" + repr(str(EXAMPLE)) + ")",
        "import tenfold.runs.inference",
        "import tenfold, onnxruntime",
    ],
)
def test_nothing_is_left_in_the_home_folder(statement: str, tmp_path: Path) -> None:
    """By a process that lives longer than one takes to leave something that may."""
    quiet, reporting = tmp_path / "quiet", tmp_path / "reporting"
    with waiting_after(statement, quiet), waiting_after(statement, reporting, **MAY_REPORT):
        wait_until(lambda: files_in(reporting))
        assert files_in(quiet) == []


@pytest.mark.skipif(not can_trace(), reason="needs strace")
def test_an_idle_service_contacts_nobody(tmp_path: Path) -> None:
    """One that may report does so after about ten seconds; the other has been there for longer by then."""
    with traced_service(tmp_path / "quiet") as quiet:
        with traced_service(tmp_path / "reporting", **MAY_REPORT) as reporting:
            wait_until(lambda: reporting.connections)
        assert quiet.connections == []
        assert quiet.left_at_home == []
        assert reporting.left_at_home
