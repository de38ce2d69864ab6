"""What the OpenAPI description says of the routes that take bodies of their own kind."""

from typing import Any

from tenfold.serve.batches import NPY, RAW

_PICTURES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff", "image/gif")
_BINARY = {"schema": {"type": "string", "format": "binary"}}

_BOX = {
    "type": "object",
    "description": "In pixels of the picture.",
    "properties": {name: {"type": "integer", "minimum": 0} for name in ("x", "y", "width", "height")},
    "required": ["x", "y", "width", "height"],
}
_PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
_OF_DIGITS = {"type": "array", "items": _PROBABILITY, "minItems": 10, "maxItems": 10}
_DIGIT = {
    "type": "object",
    "properties": {
        "value": {"type": "integer", "minimum": 0, "maximum": 9, "description": "The most likely digit."},
        "confidence": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "How likely that is to be right.",
        },
        "accepted": {"type": "boolean", "description": "False where the reader does not know."},
        "box": _BOX,
        "probabilities": {
            **_OF_DIGITS,
            "description": "Of 0 to 9; what they lack to 1 is the probability that this is no digit.",
        },
    },
    "required": ["value", "confidence", "accepted", "box", "probabilities"],
}
_READING = {
    "type": "object",
    "properties": {
        "text": {
            "type": "string",
            "description": "One line per line of digits; ? stands where it is not sure.",
        },
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "digits": {"type": "array", "items": _DIGIT}},
                "required": ["text", "digits"],
            },
        },
    },
    "required": ["text", "lines"],
}
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string", "description": "What was expected and what was received."}},
    "required": ["error"],
}
_REFUSED = {
    400: "The body is empty, or is no picture.",
    401: "The token is missing or another one.",
    403: "The request comes from another site, or asks for another host.",
    404: "There is nothing of that name.",
    408: "The body did not come in time.",
    409: "The service keeps no corrections.",
    413: "The body is too large.",
    415: "The body is a form.",
    503: "The service is busy: ask again after the seconds in Retry-After.",
    504: "It took too long.",
    507: "The folder of corrections is full, or cannot be written.",
}


_EXPLAINED = {
    "type": "object",
    "description": "As of /v1/read; each digit has its `image`, too: base64 of 784 bytes, 28 x 28, ink 255.",
}
_LAYERS = {
    "type": "object",
    "properties": {
        "layers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **{name: {"type": "integer", "minimum": 1} for name in ("maps", "height", "width")},
                    "levels": {"type": "string", "description": "base64 of maps x height x width bytes"},
                },
                "required": ["maps", "height", "width", "levels"],
            },
        }
    },
    "required": ["layers"],
}
_RUNS = {
    "type": "object",
    "properties": {
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "recipe": {"type": "string"},
                    "seed": {"type": "integer"},
                    "parameters": {"type": "integer"},
                    "test_accuracy": {"type": "number"},
                },
                "required": ["name", "recipe", "seed", "parameters", "test_accuracy"],
            },
        }
    },
    "required": ["runs"],
}
_PROBABILITIES = {
    "type": "object",
    "properties": {"probabilities": {"type": "array", "items": _OF_DIGITS}},
    "required": ["probabilities"],
}
_ANYTHING = {"type": "object"}
_KEPT = {
    "type": "object",
    "properties": {"kept": {"type": "boolean"}, "id": {"type": "string", "description": "To take it back."}},
    "required": ["kept", "id"],
}
_TAKEN_BACK = {"type": "object", "properties": {"kept": {"type": "boolean"}}, "required": ["kept"]}


def _answer(answer: dict[str, Any]) -> dict[str, Any]:
    return {"description": "The answer.", "content": {"application/json": {"schema": answer}}}


def _answers(answer: dict[str, Any], *others: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the JSON of the answer, and how a request may be refused."""
    refused: dict[int | str, dict[str, Any]] = {
        other: {"description": _REFUSED[other], "content": {"application/json": {"schema": _ERROR}}}
        for other in (401, 403, 503, 504, *others)
    }
    return {200: _answer(answer), **refused}


def _takes(kinds: tuple[str, ...], answer: dict[str, Any], *others: int) -> dict[str, Any]:
    """For the decorator of a route that takes a body of one of the media types `kinds`."""
    return {
        "openapi_extra": {"requestBody": {"required": True, "content": dict.fromkeys(kinds, _BINARY)}},
        "responses": _answers(answer, 400, 408, 413, 415, *others),
    }


def taking_json(body: dict[str, Any]) -> dict[str, Any]:
    """For the decorator of a route that takes JSON described by the schema `body`."""
    description = _takes((), _ANYTHING, 404)
    description["openapi_extra"]["requestBody"]["content"] = {"application/json": {"schema": body}}
    return description


NAMED = _answers(_ANYTHING, 404)
READ = _takes(_PICTURES, _READING)
DIGITS = _takes((*_PICTURES, RAW, NPY), _READING)
EXPLAIN = _takes(_PICTURES, _EXPLAINED)
LAYERS = _takes((RAW, NPY), _LAYERS)
RUNS: dict[str, Any] = {"responses": _answers(_RUNS)}
RUN = _takes((RAW, NPY), _PROBABILITIES, 404)
CORRECTION = _takes(_PICTURES, _KEPT, 409, 507)
CORRECTION["responses"][201] = _answer(_KEPT)
TAKEN_BACK: dict[str, Any] = {"responses": _answers(_TAKEN_BACK, 404, 409, 507)}
