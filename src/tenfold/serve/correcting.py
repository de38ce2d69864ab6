"""The routes that keep what people say a digit is, and take it back."""

from pathlib import Path as FilePath
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response
from numpy.typing import NDArray
from starlette.exceptions import HTTPException

from tenfold.errors import InputError
from tenfold.reader import Reader
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi
from tenfold.serve.body import read_body
from tenfold.serve.corrections import Corrections
from tenfold.serve.responses import Kept, Removed, as_json
from tenfold.serve.service import Service

_MARGIN = 0.2  # of the digit's longer side: paper around it

Number = Annotated[int, Query(ge=0, le=9999)]


def correcting_routes(service: Service, folder: FilePath | None) -> APIRouter:
    """POST and DELETE of /v1/corrections in `folder`; 409 without one.

    Raises InputError where nothing can be written there.
    """
    router = APIRouter(tags=["correcting"])
    kept = None if folder is None else Corrections(folder)

    def corrections() -> Corrections:
        if kept is None:
            raise HTTPException(409, "this service keeps no corrections; start it with --keep DIR")
        return kept

    takes_picture = openapi.takes(openapi.PICTURE, Kept, 409, 422, 507)
    takes_picture["responses"] |= {201: {"model": Kept, "description": "The answer where it is new."}}

    @router.post("/v1/corrections", **takes_picture)
    async def correct(
        request: Request, label: Annotated[int, Query(ge=0, le=9)], line: Number = 0, digit: Number = 0
    ) -> Response:
        """Keep a digit of a picture, counted as /v1/read counts them, with its right value.

        201 where it is new, 200 where it has been kept with this value before. `id` is what to take back.
        """
        corrections()
        picture = await read_body(request, service)
        return await service.read(picture, _keep, (line, digit), corrections(), label)

    @router.delete("/v1/corrections/{label}/{name}", responses=openapi.answers(Removed, 404, 409, 422, 507))
    async def take_back(
        label: Annotated[int, Path(ge=0, le=9)], name: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
    ) -> Response:
        """Delete a kept digit. Label and name are the `id` that keeping it was answered with."""
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
    place: tuple[int, int],
    corrections: Corrections,
    label: int,
    deadline: Deadline,
) -> Response:
    ink = _ink_of_digit(reader, picture, place, deadline)
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
