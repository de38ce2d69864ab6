"""Routes that read, like `tenfold read --json`, and explain: what the network saw of each digit."""

from base64 import b64encode
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray

from tenfold.reader import Digit, Line, Reader, Reading
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi, responses
from tenfold.serve.body import read_body
from tenfold.serve.image_arrays import is_batch, load_batch, load_image, parts_of
from tenfold.serve.responses import as_json
from tenfold.serve.service import Service


def reading_routes(service: Service) -> APIRouter:
    """POST /v1/read, /v1/table, /v1/digits, /v1/explain and /v1/layers."""
    router = APIRouter()

    @router.post("/v1/read", tags=["reading"], **openapi.takes(openapi.PICTURE, responses.Reading))
    async def read(request: Request) -> Response:
        """Read all lines of digits in a picture."""
        picture = await read_body(request, service)
        return await service.read(picture, _read)

    @router.post("/v1/table", tags=["reading"], **openapi.takes(openapi.PICTURE, responses.Table))
    async def table(request: Request) -> Response:
        """Read the table in a picture: rows of cells."""
        picture = await read_body(request, service)
        return await service.read(picture, _read_table)

    picture_or_images = openapi.PICTURE | openapi.IMAGES

    @router.post("/v1/digits", tags=["reading"], **openapi.takes(picture_or_images, responses.Reading))
    async def digits(request: Request) -> Response:
        """Read a picture that holds one digit, or many 28 x 28 images."""
        body = await read_body(request, service)
        if is_batch(body, request.headers.get("content-type")):
            return await service.run(_read_batch, body, service.reader)
        return _as_one_line([await service.read_digit(body)])

    explained = openapi.takes(openapi.PICTURE, responses.ExplainedReading)

    @router.post("/v1/explain", tags=["explaining"], **explained)
    async def explain(request: Request) -> Response:
        """Read like /v1/read, and return the network's 28 x 28 image of each digit."""
        picture = await read_body(request, service)
        return await service.read(picture, _explain)

    @router.post("/v1/layers", tags=["explaining"], **openapi.takes(openapi.IMAGES, responses.Layers))
    async def layers(request: Request) -> Response:
        """Every convolution's feature maps for one 28 x 28 image."""
        return await service.run(_find_maps, await read_body(request, service), service.reader)

    return router


def _read(reader: Reader, picture: bytes, deadline: Deadline) -> Response:
    return as_json(reader.read(picture, timeout_s=deadline.left_s).to_dict())


def _read_table(reader: Reader, picture: bytes, deadline: Deadline) -> Response:
    return as_json(reader.read_table(picture, timeout_s=deadline.left_s).to_dict())


def _read_batch(body: bytes, reader: Reader, deadline: Deadline) -> Response:
    digits = []
    for part in parts_of(load_batch(body), deadline):
        digits += reader.classify(part)
    return _as_one_line(digits)


def _as_one_line(digits: list[Digit]) -> Response:
    return as_json(Reading((Line(tuple(digits)),)).to_dict())


def _explain(reader: Reader, picture: bytes, deadline: Deadline) -> Response:
    trace = reader.trace(picture, timeout_s=deadline.left_s)
    content = trace.reading.to_dict()
    for line, cut_line in zip(content["lines"], trace.lines, strict=True):
        for digit, cut in zip(line["digits"], cut_line.cuts, strict=True):
            digit["image"] = b64encode(cut.image.tobytes()).decode()
    return as_json(content)


def _find_maps(body: bytes, reader: Reader, _: Deadline) -> Response:
    return as_json({"layers": [_plain(maps) for maps in reader.feature_maps(load_image(body))]})


def _plain(maps: NDArray[np.float32]) -> dict[str, Any]:
    """Feature maps (c, h, w) as bytes; the layer's strongest value is 255."""
    strongest = max(float(maps.max()), 1e-6)
    n_maps, height, width = maps.shape
    levels = np.rint(maps * (255 / strongest)).astype(np.uint8)
    return {"maps": n_maps, "height": height, "width": width, "levels": b64encode(levels.tobytes()).decode()}
