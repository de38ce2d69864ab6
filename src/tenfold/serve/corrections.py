"""Corrected digits: the routes that receive them, and the folder that stores them for fine-tuning."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from numpy.typing import NDArray
from PIL import Image
from starlette.exceptions import HTTPException

from tenfold.errors import InputError
from tenfold.files import write_atomically
from tenfold.reader import Reader
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi
from tenfold.serve.body import read_body
from tenfold.serve.responses import Kept, Removed, as_json
from tenfold.serve.service import Service

MAX_FILES, MAX_BYTES = 10_000, 256 * 2**20
_MARGIN = 0.2  # of paper around a digit, relative to its longer side

Number = Annotated[int, Query(ge=0, le=9999)]


def correction_routes(service: Service, folder: Path | None) -> APIRouter:
    """POST and DELETE for /v1/corrections in `folder`; 409 without one.

    Raises InputError if the folder cannot be written to.
    """
    router = APIRouter(tags=["correcting"])
    kept = None if folder is None else Corrections(folder)

    def corrections() -> Corrections:
        if kept is None:
            raise HTTPException(409, "this service keeps no corrections; start it with --keep DIR")
        return kept

    takes_picture = openapi.takes(openapi.PICTURE, Kept, 409, 422, 507)
    takes_picture["responses"] |= {201: {"model": Kept, "description": "The answer if it is new."}}

    @router.post("/v1/corrections", **takes_picture)
    async def correct(
        request: Request,
        label: Annotated[int, Query(ge=0, le=9)],
        line: Number = 0,
        digit: Number = 0,
        whole: bool = False,
    ) -> Response:
        """Store a digit of a picture, numbered as in /v1/read, with its correct value.

        With `whole`, the whole picture is one digit: for pictures in which none was found. 201 if it is new,
        200 if it was already stored with this value. `id` is for deleting it.
        """
        corrections()
        picture = await read_body(request, service)
        place = None if whole else (line, digit)
        return await service.read(picture, _keep, place, corrections(), label)

    @router.delete("/v1/corrections/{label}/{name}", responses=openapi.answers(Removed, 404, 409, 422, 507))
    async def take_back(
        label: Annotated[int, InPath(ge=0, le=9)], name: Annotated[str, InPath(pattern="^[0-9a-f]{32}$")]
    ) -> Response:
        """Delete a stored digit. Label and name are the `id` from storing it."""
        try:
            was_there = corrections().take_back(label, name)
        except OSError as error:
            raise HTTPException(507, f"this cannot be taken back: {error.strerror}") from None
        if not was_there:
            raise HTTPException(404, "expected the id of a correction that is kept, received another")
        return as_json({"kept": False})

    return router


def _keep(
    reader: Reader,
    picture: bytes,
    place: tuple[int, int] | None,
    corrections: "Corrections",
    label: int,
    deadline: Deadline,
) -> Response:
    ink = (
        _all_ink(reader, picture, deadline)
        if place is None
        else _ink_of_digit(reader, picture, place, deadline)
    )
    margin = round(_MARGIN * max(ink.shape)) + 1
    grey = np.pad(np.rint(255 - 255 * np.clip(ink, 0, 1)).astype(np.uint8), margin, constant_values=255)
    try:
        name, is_new = corrections.keep(label, grey)
    except OSError as error:
        raise HTTPException(507, f"this correction cannot be kept: {error.strerror}") from None
    return as_json({"kept": True, "id": f"{label}/{name}"}, 201 if is_new else 200)


def _ink_of_digit(
    reader: Reader, picture: bytes, place: tuple[int, int], deadline: Deadline
) -> NDArray[np.float32]:
    line, digit = place
    lines = reader.trace(picture, timeout_s=deadline.left_s).lines
    if line >= len(lines) or digit >= len(lines[line].cuts):
        raise InputError(f"expected a digit that is read in the picture, received line {line}, digit {digit}")
    return lines[line].cuts[digit].ink


def _all_ink(reader: Reader, picture: bytes, deadline: Deadline) -> NDArray[np.float32]:
    ink = reader.trace_digit(picture, timeout_s=deadline.left_s).pages[0].page.ink
    rows, columns = np.nonzero(ink)
    if not rows.size:
        raise InputError("expected a picture of one digit, received one without ink")
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


class Corrections:
    """Digits stored in `folder`/0 to `folder`/9, each named by a checksum of its content.

    So the same digit with the same value is stored once. Links in the folder are not followed. Raises
    InputError if the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        place = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for place in (folder, *filter(os.path.lexists, self._places())):
                if place != folder:
                    _refuse_link(place)
                with TemporaryFile(dir=place):
                    pass
        except OSError as error:
            raise InputError(
                f"cannot keep corrections in {place}: {error.strerror}; choose another --keep"
            ) from None

    def keep(self, label: int, grey: NDArray[np.uint8]) -> tuple[str, bool]:
        """Store a digit, uint8 (H, W), in the folder of `label`; return its name, and whether it is new.

        Raises OSError if it cannot be written, or there are too many files or bytes.
        """
        name = sha256(repr(grey.shape).encode() + grey.tobytes()).hexdigest()[:32]
        path = self._path(label, name)
        if path.is_file() and not path.is_symlink():
            return name, False
        self._require_room()
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(grey)
        write_atomically(path, lambda file: image.save(file, format="PNG"))
        return name, True

    def take_back(self, label: int, name: str) -> bool:
        """Delete a stored digit; False if there is none of that name. Raises OSError."""
        try:
            self._path(label, name).unlink()
        except FileNotFoundError:
            return False
        return True

    def _path(self, label: int, name: str) -> Path:
        place = self._folder / str(label)
        _refuse_link(place)
        return place / f"{name}.png"

    def _places(self) -> list[Path]:
        return [self._folder / str(label) for label in range(10)]

    def _require_room(self) -> None:
        sizes = list(self._sizes())
        if len(sizes) >= MAX_FILES or sum(sizes) >= MAX_BYTES:
            raise OSError(
                errno.ENOSPC,
                f"there are {len(sizes):,} files of {sum(sizes):,} bytes, and at most {MAX_FILES:,} of "
                f"{MAX_BYTES:,} are kept; move them elsewhere",
                str(self._folder),
            )

    def _sizes(self) -> Iterator[int]:
        for place in self._places():
            with suppress(FileNotFoundError), os.scandir(place) as files:
                for file in files:
                    with suppress(FileNotFoundError):  # deleted meanwhile
                        yield file.stat(follow_symlinks=False).st_size


def _refuse_link(place: Path) -> None:
    if place.resolve() != place.parent.resolve() / place.name:
        raise OSError(errno.ELOOP, "it is a link, which is not followed", str(place))
