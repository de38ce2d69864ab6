"""Fresh environments, as `pip install 'tenfold[EXTRAS]'` would make them, without downloading anything.

The wheel is built and installed. The packages that it asks for, and those that they ask for, are links to the
files of the environment that the tests run in; whatever nothing asks for is missing.
"""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout, built in `folder`."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Install:
    """An environment that has tenfold with some extras, and its user's home folder, empty at first."""

    folder: Path
    extras: tuple[str, ...]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def asked_for(self, of_extra: str) -> list[Requirement]:
        """What tenfold asks for with this extra and not without, on whatever platform."""
        requirements = map(Requirement, _installed(self.folder).requires or ())
        return [one for one in requirements if f'extra == "{of_extra}"' in str(one.marker)]

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment's, in an empty folder of its own."""
        program, *arguments = command
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            cwd=self.folder / "work",
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self, **variables: str) -> dict[str, str]:
        """What a shell of the user's has set."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TENFOLD_CACHE") if name in os.environ}
        return {**kept, "HOME": str(self.home), **variables}


def install(wheel: Path, extras: tuple[str, ...], folder: Path) -> Install:
    """The environment in `folder`."""
    made = Install(folder, extras)
    venv.create(folder, with_pip=False, symlinks=True)
    made.home.mkdir()
    (folder / "work").mkdir()
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(made.python),
        "install",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*command, "--quiet", str(wheel)], check=True, capture_output=True)
    for needed in _closure(_installed(folder), extras):
        _link(needed, _site_packages(folder))
    return made


def _site_packages(folder: Path) -> Path:
    (found,) = folder.glob("lib/python*/site-packages")
    return found


def _installed(folder: Path) -> Distribution:
    """The tenfold of the environment in `folder`."""
    (found,) = _site_packages(folder).glob("tenfold-*.dist-info")
    return Distribution.at(found)


def _closure(root: Distribution, extras: tuple[str, ...]) -> Iterator[Distribution]:
    """All that `root` with these extras asks for, directly or not, and the environment has."""
    seen = {(canonicalize_name(root.name), "")}
    waiting = [(root, ("", *extras))]
    while waiting:
        asking, asked = waiting.pop()
        for requirement in map(Requirement, asking.requires or ()):
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in asked):
                continue
            for extra in ("", *sorted(requirement.extras)):
                key = (canonicalize_name(requirement.name), extra)
                if key in seen:
                    continue
                seen.add(key)
                found = distribution(requirement.name)
                waiting.append((found, ("", extra)))
                if not extra:
                    yield found


def _link(found: Distribution, site_packages: Path) -> None:
    """Links to the package's files, but for its scripts, which belong to the other environment."""
    for file in found.files or ():
        path = site_packages / file
        if ".." in file.parts:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(file.locate())
