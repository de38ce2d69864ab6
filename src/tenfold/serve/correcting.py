"""The route that keeps what people say a digit is: pictures to learn from."""

import secrets
from pathlib import Path
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray
from PIL import Image
from starlette.exceptions import HTTPException

from tenfold.errors import InputError
from tenfold.files import write_atomically
from tenfold.reader import Reader
from tenfold.reader.deadline import Deadline
from tenfold.serve import described
from tenfold.serve.answer import as_json
from tenfold.serve.body import read_body
from tenfold.serve.service import Service

_MARGIN = 0.2  # of the digit's longer side: paper around it

Number = Annotated[int, Query(ge=0, le=9999)]


def correcting_routes(service: Service, folder: Path | None) -> APIRouter:
    """POST /v1/corrections, which keeps digits in `folder`, a folder per digit; 409 without one."""
    router = APIRouter(tags=["correcting"])

    @router.post("/v1/corrections", **described.CORRECTION)
    async def correct(
        request: Request, label: Annotated[int, Query(ge=0, le=9)], line: Number = 0, digit: Number = 0
    ) -> Response:
        """Keep a digit of a picture, counted as /v1/read counts them, with its right value."""
        if folder is None:
            raise HTTPException(409, "this service keeps no corrections; start it with --keep DIR")
        picture = await read_body(request, service)
        await service.read(picture, _keep, (line, digit), folder / str(label))
        return as_json({"kept": True}, 201)

    return router


def _keep(reader: Reader, picture: bytes, place: tuple[int, int], folder: Path, deadline: Deadline) -> None:
    ink = _ink_of_digit(reader, picture, place, deadline)
    margin = round(_MARGIN * max(ink.shape)) + 1
    grey = np.pad(np.rint(255 - 255 * np.clip(ink, 0, 1)).astype(np.uint8), margin, constant_values=255)
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(grey)
    write_atomically(folder / f"{secrets.token_hex(8)}.png", lambda file: image.save(file, format="PNG"))


def _ink_of_digit(
    reader: Reader, picture: bytes, place: tuple[int, int], deadline: Deadline
) -> NDArray[np.float32]:
    line, digit = place
    lines = reader.trace(picture, timeout_s=deadline.left_s).lines
    if line >= len(lines) or digit >= len(lines[line].cuts):
        raise InputError(f"expected a digit that is read in the picture, received line {line}, digit {digit}")
    return lines[line].cuts[digit].ink
