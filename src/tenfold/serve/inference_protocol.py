"""The Open Inference Protocol, version 2, for the network that classifies 28 x 28 images.

Specification: https://github.com/kserve/open-inference-protocol. The only model, `tenfold`, maps `images`,
UINT8 (N, 28, 28), or FP32 in [0, 1], to `probabilities`, FP32 (N, 11).
"""

from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

import tenfold
from tenfold.errors import InputError
from tenfold.imaging.normalize import SIDE_PX
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi
from tenfold.serve.body import read_body
from tenfold.serve.image_arrays import answer_in_parts
from tenfold.serve.responses import Ready, as_json, in_one_line
from tenfold.serve.service import Service
from tenfold.symbols import N_CLASSES

MAX_JSON_BYTES = 4 * 2**20  # parsing blocks the interpreter
_BYTES_PER_JSON_BYTE = 25
_MODEL = "tenfold"
_INPUTS = [{"name": "images", "datatype": "UINT8", "shape": [-1, SIDE_PX, SIDE_PX]}]
_OUTPUTS = [{"name": "probabilities", "datatype": "FP32", "shape": [-1, N_CLASSES]}]


class Tensor(BaseModel):
    """An input. `data` are its numbers, row by row, in one list or nested according to `shape`."""

    name: Literal["images"]
    shape: list[int] = Field(min_length=3, max_length=3)
    datatype: Literal["UINT8", "FP32"]
    data: list[Any]


class InferenceRequest(BaseModel):
    """A request."""

    id: str | None = None
    inputs: list[Tensor] = Field(min_length=1, max_length=1)


class ServerFacts(BaseModel):
    name: str
    version: str
    extensions: list[str]


class TensorFacts(BaseModel):
    name: str
    datatype: str
    shape: list[int]


class NetworkFacts(BaseModel):
    name: str
    platform: str
    inputs: list[TensorFacts]
    outputs: list[TensorFacts]


class NetworkReady(Ready):
    name: str


class OutputTensor(TensorFacts):
    data: list[float]


class InferenceResponse(BaseModel):
    model_name: str
    id: str | None = None
    outputs: list[OutputTensor]


def inference_protocol_routes(service: Service) -> APIRouter:
    """/v2 and /v2/models/tenfold."""
    router = APIRouter(tags=["Open Inference Protocol"])

    @router.get("/v2", responses=openapi.answers(ServerFacts))
    async def server() -> Response:
        """Information about this server."""
        return as_json({"name": "tenfold", "version": tenfold.__version__, "extensions": []})

    @router.get("/v2/models/{model}", responses=openapi.answers(NetworkFacts, 404, 422))
    async def model_metadata(model: str) -> Response:
        """The model's inputs and outputs."""
        _require_known(model)
        return as_json({"name": _MODEL, "platform": "onnxruntime", "inputs": _INPUTS, "outputs": _OUTPUTS})

    @router.get("/v2/models/{model}/ready", responses=openapi.answers_ready(NetworkReady, 404, 422))
    async def model_ready(model: str) -> Response:
        """Whether the model answers; 503 like /health/ready."""
        _require_known(model)
        ready = not service.is_stuck
        return as_json({"name": _MODEL, "ready": ready}, 200 if ready else 503)

    json_body = {"application/json": {"schema": _request_schema()}}

    @router.post("/v2/models/{model}/infer", **openapi.takes(json_body, InferenceResponse, 404, 422))
    async def infer(model: str, request: Request) -> Response:
        """The probabilities of 0 to 9 and of "no digit" for 28 x 28 images."""
        _require_known(model)
        body = await read_body(request, service, MAX_JSON_BYTES)
        return await service.run(_infer, body, service)

    return router


def _request_schema() -> dict[str, Any]:
    """The schema with the tensor inlined: a reference would not resolve from the body's place in OpenAPI."""
    schema = InferenceRequest.model_json_schema()
    schema["properties"]["inputs"]["items"] = schema.pop("$defs")["Tensor"]
    return schema


def _require_known(model: str) -> None:
    if model != _MODEL:
        raise HTTPException(404, f"expected the model {_MODEL}, received another name")


def _infer(body: bytes, service: Service, deadline: Deadline) -> Response:
    reader = service.reader
    with service.memory.take(_BYTES_PER_JSON_BYTE * len(body)):
        asked = _parse(body)
        images = _images_of(asked.inputs[0])
    return as_json(_answer(asked, answer_in_parts(reader.probabilities, images, deadline)))


def _parse(body: bytes) -> InferenceRequest:
    # Millions of short lists would take gigabytes; an image's lists have many numbers each.
    if 8 * (body.count(b"[") + body.count(b"{")) > body.count(b",") + 80:
        raise InputError("expected the numbers of images in rows, received other lists or objects")
    try:
        return InferenceRequest.model_validate_json(body)
    except ValidationError as error:
        raise InputError(in_one_line(error.errors())) from None


def _images_of(tensor: Tensor) -> NDArray[np.uint8]:
    """The images (N, 28, 28) of an input. Raises InputError if shape, data and datatype do not agree."""
    n_images, *image = tensor.shape
    if image != [SIDE_PX, SIDE_PX] or n_images < 0:
        raise InputError(f"expected the shape [N, {SIDE_PX}, {SIDE_PX}], received {tensor.shape}")
    try:
        numbers = np.array(tensor.data, dtype=np.float64).reshape(tensor.shape)
    except (ValueError, TypeError, OverflowError):
        raise InputError(
            f"expected {n_images * SIDE_PX * SIDE_PX} numbers for {tensor.shape}, received other data"
        ) from None
    levels = numbers * (1 if tensor.datatype == "UINT8" else 255)
    if not ((levels >= 0) & (levels <= 255)).all():
        most = "255" if tensor.datatype == "UINT8" else "1"
        raise InputError(f"expected {tensor.datatype} from 0, paper, to {most}, ink; received others")
    return np.rint(levels).astype(np.uint8)


def _answer(asked: InferenceRequest, probabilities: NDArray[np.float32]) -> dict[str, Any]:
    output = {**_OUTPUTS[0], "shape": list(probabilities.shape), "data": probabilities.ravel().tolist()}
    name = {"model_name": _MODEL} if asked.id is None else {"model_name": _MODEL, "id": asked.id}
    return {**name, "outputs": [output]}
