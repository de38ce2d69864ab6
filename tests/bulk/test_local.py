"""A whole reading on this machine's cores: started, refused, killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.bulk import BulkProgress, read_many
from tenfold.bulk.inputs import find_shards
from tenfold.errors import InputError
from tenfold.reader import Digit

from .conftest import check_rows, numbered, rows_in, write_folder, write_table, write_tar


def wait_until(condition: Callable[[], object], within_s: float = 120) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def parts(output: Path) -> list[Path]:
    return sorted(output.glob("part-*.parquet"))


def test_a_folder_of_everything_is_read_once_and_kept(
    digits: list[bytes], read: list[Digit], tmp_path: Path
) -> None:
    given, output = tmp_path / "in", tmp_path / "out"
    write_tar(given / "a.tar", numbered(digits[:10]))
    write_table(given / "b.parquet", {"image": digits[10:20]})
    write_folder(given / "c", digits[20:])
    told: list[BulkProgress] = []

    first = read_many(str(given), str(output), single=True, on_progress=told.append)
    written = {path: path.stat().st_mtime_ns for path in output.iterdir()}
    second = read_many(str(given), str(output), single=True, on_progress=told.append)

    check_rows(rows_in(output), read)
    assert (first.images, first.errors, first.parts, first.kept) == (30, 0, 3, 0)
    assert (second.images, second.parts, second.kept) == (0, 3, 3)
    assert {path: path.stat().st_mtime_ns for path in output.iterdir()} == written
    assert [(progress.shards, progress.of) for progress in told] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert told[-1] == BulkProgress(3, 3, images=30, errors=0)


def test_a_part_that_was_deleted_is_read_again(digits: list[bytes], tmp_path: Path) -> None:
    given, output = tmp_path / "in", tmp_path / "out"
    for number in range(3):
        write_tar(given / f"{number}.tar", {f"{number}.png": digits[number]})
    read_many(str(given), str(output), single=True)
    (output / "part-00001.parquet").unlink()
    (output / ".part-00001.parquet.1-a.part").write_bytes(b"left by a process that was killed")

    again = read_many(str(given), str(output), single=True)

    assert (again.images, again.kept) == (1, 2)
    assert [row["text"] for row in rows_in(output)] == ["7", "2", "1"]
    assert {path.name for path in output.iterdir()} == {
        "_reading.json",
        *(path.name for path in parts(output)),
    }


def test_another_input_or_another_way_to_read_is_refused(digits: list[bytes], tmp_path: Path) -> None:
    given, output = write_folder(tmp_path / "in", digits[:2]), tmp_path / "out"
    read_many(str(given), str(output), single=True)
    told = json.loads((output / "_reading.json").read_text())
    assert told["input"] == str(given)

    with pytest.raises(InputError, match="whose single is True and not False; choose another folder"):
        read_many(str(given), str(output))
    write_folder(given, digits[:3])
    with pytest.raises(InputError, match="whose files is 2 and not 3"):
        read_many(str(given), str(output), single=True)
    (given / "00002.png").unlink()
    (output / "_reading.json").write_text(json.dumps({**told, "networks_sha256": "another"}))
    with pytest.raises(InputError, match="whose networks_sha256 is 'another'"):
        read_many(str(given), str(output), single=True)
    (output / "_reading.json").write_text("{")
    with pytest.raises(InputError, match="is damaged: it is not JSON"):
        read_many(str(given), str(output), single=True)
    (output / "_reading.json").unlink()
    with pytest.raises(InputError, match="has parts of another reading"):
        read_many(str(given), str(output), single=True)
    assert len(parts(output)) == 1


def test_a_file_is_no_folder_for_the_output(digits: list[bytes], tmp_path: Path) -> None:
    given = write_folder(tmp_path / "in", digits[:1])
    (tmp_path / "out").write_text("")

    with pytest.raises(InputError, match="expected a folder for the output, received the file"):
        read_many(str(given), str(tmp_path / "out"))


def test_a_table_without_pictures_is_refused_at_once(digits: list[bytes], tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", {"label": [1]})

    with pytest.raises(InputError, match=r"received label \(int64\)"):
        read_many(str(tmp_path), str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_a_worker_refuses_ends_the_reading_and_keeps_what_was_read(
    digits: list[bytes], tmp_path: Path
) -> None:
    write_table(tmp_path / "a.parquet", {"image": digits[:1]})
    write_table(tmp_path / "b.parquet", {"label": [1]})

    with pytest.raises(InputError, match=r"b\.parquet"):
        read_many(str(tmp_path), str(tmp_path / "out"), single=True)
    assert not (tmp_path / "out" / "part-00001.parquet").exists()


def children_of(process: subprocess.Popen[Any]) -> list[int]:
    """Its own, on Linux."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_job_leaves_no_process_and_resumes(
    sign: signal.Signals, digits: list[bytes], tmp_path: Path
) -> None:
    given, output = tmp_path / "in", tmp_path / "out"
    for number in range(40):
        write_tar(
            given / f"{number:02d}.tar", {f"{number}-{name}": one for name, one in numbered(digits).items()}
        )
    command = [sys.executable, "-m", "tenfold", "read-many", "--single", str(given), str(output)]

    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_until(lambda: len(parts(output)) >= 3)
    workers = children_of(process)
    if sign == signal.SIGINT:  # as a terminal sends it
        os.killpg(process.pid, sign)
    else:
        process.send_signal(sign)
    _, said = process.communicate(timeout=60)
    wait_until(lambda: not any(map(is_alive, workers)))
    before = {path: path.stat().st_mtime_ns for path in parts(output)}
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert workers
    if sign == signal.SIGKILL:
        assert process.returncode == -sign
    else:
        assert process.returncode == 130
        assert (
            said == "tenfold: interrupted. Finished parts are kept; the same command continues from there.\n"
        )
    assert 3 <= len(before) < 40
    assert done.stdout.startswith(f"{len(before)} of 40 parts were already there and are kept\n")
    assert {path: path.stat().st_mtime_ns for path in parts(output)}.items() >= before.items()
    images = Counter(row["image"] for row in rows_in(output))
    expected = [
        f"{given}/{number:02d}.tar/{number}-{one:05d}.png" for number in range(40) for one in range(30)
    ]
    assert images == Counter(expected)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_worker_is_reported_in_one_line(digits: list[bytes], tmp_path: Path) -> None:
    given, output = tmp_path / "in", tmp_path / "out"
    for number in range(40):
        write_tar(given / f"{number:02d}.tar", numbered(digits))
    command = [sys.executable, "-m", "tenfold", "read-many", "--single", str(given), str(output)]

    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(parts(output)) >= 2)
    # The first child is multiprocessing's tracker of resources.
    os.kill(children_of(process)[-1], signal.SIGKILL)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said == (
        "tenfold: a process that read was killed, perhaps for lack of memory. Finished parts are kept; "
        "the same command continues.\n"
    )


def test_no_shard_lists_a_picture_twice(digits: list[bytes], tmp_path: Path) -> None:
    folder = write_folder(tmp_path, digits)

    shards = find_shards(f"{folder}/**/*.png", output="/elsewhere").shards

    assert Counter(place for shard in shards for place in shard.places).most_common(1)[0][1] == 1
