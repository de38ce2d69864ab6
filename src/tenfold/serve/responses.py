"""The routes' answers: JSON, and the models that describe it.

Answers are not validated against the models, which would take as long as some readings.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, Field, NonNegativeInt, PositiveInt

from tenfold.reader.manifest import Manifest

Probability = Annotated[float, Field(ge=0, le=1)]
OfDigits = Annotated[tuple[Probability, ...], Field(min_length=10, max_length=10)]


def as_json(content: Any, status: int = 200) -> Response:
    """A compact JSON response."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Response(text, status, media_type="application/json")


def in_one_line(errors: Sequence[Any]) -> str:
    """Pydantic's errors in one line."""
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors)


class Error(BaseModel):
    error: str = Field(description="What was expected and what was received.")


class Box(BaseModel):
    """In pixels of the picture."""

    x: NonNegativeInt
    y: NonNegativeInt
    width: NonNegativeInt
    height: NonNegativeInt


class Digit(BaseModel):
    value: int = Field(ge=0, le=9, description="The most likely digit.")
    confidence: Probability = Field(description="The probability that it is right.")
    accepted: bool = Field(description="False if the digit is uncertain.")
    box: Box
    probabilities: OfDigits = Field(
        description="Of 0 to 9; the remainder to 1 is the probability that this is not a digit."
    )
    printed: bool = Field(description="True if its number is set so evenly that it is probably print.")


class Sign(BaseModel):
    text: str = Field(description="One of . , - / : + = ( ) %", min_length=1, max_length=1)
    confidence: Probability = Field(description="The probability that the sign is right.")
    box: Box
    after: NonNegativeInt = Field(description="The number of digits before it.")


class Line(BaseModel):
    text: str
    written: str = Field(description="The text with its signs, and a space at each wide gap.")
    numbers: tuple[str, ...] = Field(description="The numbers in the line, each with its own signs.")
    digits: tuple[Digit, ...]
    signs: tuple[Sign, ...]


class Reading(BaseModel):
    text: str = Field(description="One line per line of digits; uncertain digits are shown as ?.")
    lines: tuple[Line, ...]
    passed_over: tuple[Box, ...] = Field(description="Lines that hold no digits: letters, print, doodles.")


class Cell(BaseModel):
    text: str = Field(description="Its digits and signs; uncertain digits are shown as ?.")
    guess: str = Field(description="The same with the most likely digits instead.")
    confidence: Probability = Field(description="The probability that all its digits are right.")
    accepted: bool = Field(description="False if one of them is uncertain.")
    box: Box | None = Field(description="None for an empty cell of a table without rulings.")


class Table(BaseModel):
    rows: tuple[tuple[Cell, ...], ...] = Field(description="From top to bottom, all of the same length.")
    reading: Reading


class ExplainedDigit(Digit):
    image: str = Field(description="base64 of 784 bytes, 28 x 28, ink 255: what the network saw")


class ExplainedLine(Line):
    digits: tuple[ExplainedDigit, ...]


class ExplainedReading(Reading):
    lines: tuple[ExplainedLine, ...]


class FeatureMaps(BaseModel):
    maps: PositiveInt
    height: PositiveInt
    width: PositiveInt
    levels: str = Field(description="base64 of maps x height x width bytes")


class Layers(BaseModel):
    layers: list[FeatureMaps]


class RunFacts(BaseModel):
    name: str
    recipe: str
    seed: int
    parameters: int
    test_accuracy: float


class Runs(BaseModel):
    runs: list[RunFacts]


class ProbabilitiesOfImages(BaseModel):
    probabilities: list[OfDigits]


class Removed(BaseModel):
    kept: bool


class Kept(Removed):
    id: str = Field(description="For deleting it.")


class Live(BaseModel):
    live: bool


class Ready(BaseModel):
    ready: bool


class ServiceFacts(BaseModel):
    version: str
    keeps_corrections: bool
    max_body_bytes: int
    max_pixels: int


@dataclass(frozen=True)
class ModelFacts(Manifest):
    service: ServiceFacts
