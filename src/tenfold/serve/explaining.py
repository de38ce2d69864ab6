"""The routes that show why: what the network saw of each digit, and what its convolutions found there."""

from base64 import b64encode
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray

from tenfold.reader import Reader
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi
from tenfold.serve.batches import load_image
from tenfold.serve.body import read_body
from tenfold.serve.responses import ExplainedReading, Layers, as_json
from tenfold.serve.service import Service


def explaining_routes(service: Service) -> APIRouter:
    """POST /v1/explain and /v1/layers."""
    router = APIRouter(tags=["explaining"])

    @router.post("/v1/explain", **openapi.takes(openapi.PICTURE, ExplainedReading))
    async def explain(request: Request) -> Response:
        """Read as /v1/read, with the 28 x 28 image that stands for each digit."""
        picture = await read_body(request, service)
        return await service.read(picture, _explain)

    @router.post("/v1/layers", **openapi.takes(openapi.IMAGES, Layers))
    async def layers(request: Request) -> Response:
        """What each convolution finds in one 28 x 28 image: its feature maps."""
        return await service.run(_find_maps, await read_body(request, service), service.reader)

    return router


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
    """Feature maps (c, h, w) as bytes, the strongest of the layer 255."""
    strongest = max(float(maps.max()), 1e-6)
    n_maps, height, width = maps.shape
    levels = np.rint(maps * (255 / strongest)).astype(np.uint8)
    return {"maps": n_maps, "height": height, "width": width, "levels": b64encode(levels.tobytes()).decode()}
