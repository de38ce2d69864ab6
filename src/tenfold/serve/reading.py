"""The routes that read; their answers are the JSON of `tenfold read --json`."""

from fastapi import APIRouter, Request, Response

from tenfold.reader import Digit, Line, Reader, Reading
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi, responses
from tenfold.serve.batches import is_batch, load_batch, parts_of
from tenfold.serve.body import read_body
from tenfold.serve.responses import as_json
from tenfold.serve.service import Service


def reading_routes(service: Service) -> APIRouter:
    """POST /v1/read and /v1/digits."""
    router = APIRouter(tags=["reading"])

    @router.post("/v1/read", **openapi.takes(openapi.PICTURE, responses.Reading))
    async def read(request: Request) -> Response:
        """Read all lines of digits in a picture."""
        picture = await read_body(request, service)
        return await service.read(picture, _read)

    @router.post("/v1/digits", **openapi.takes(openapi.PICTURE | openapi.IMAGES, responses.Reading))
    async def digits(request: Request) -> Response:
        """Read a picture that holds one digit, or many 28 x 28 images."""
        body = await read_body(request, service)
        if is_batch(body, request.headers.get("content-type")):
            return await service.run(_read_batch, body, service.reader)
        return _as_one_line([await service.read_digit(body)])

    return router


def _read(reader: Reader, picture: bytes, deadline: Deadline) -> Response:
    return as_json(reader.read(picture, timeout_s=deadline.left_s).to_dict())


def _read_batch(body: bytes, reader: Reader, deadline: Deadline) -> Response:
    digits = []
    for part in parts_of(load_batch(body), deadline):
        digits += reader.classify(part)
    return _as_one_line(digits)


def _as_one_line(digits: list[Digit]) -> Response:
    return as_json(Reading((Line(tuple(digits)),)).to_dict())
