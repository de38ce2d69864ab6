"""Routes that query trained runs, so that the page can compare them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from tenfold.errors import InputError, RunError, TenfoldError
from tenfold.files import as_typed
from tenfold.reader.deadline import Deadline
from tenfold.serve import openapi
from tenfold.serve.body import read_body
from tenfold.serve.image_arrays import answer_in_parts, load_images
from tenfold.serve.responses import ProbabilitiesOfImages, Runs, as_json
from tenfold.serve.service import Service
from tenfold.symbols import N_CLASSES, N_DIGITS

if TYPE_CHECKING:
    from tenfold.runs.run import Run


def comparing_routes(service: Service, contenders: "dict[str, Contender]") -> APIRouter:
    """GET /v1/runs and POST /v1/runs/{name} for `contenders`, by name."""
    router = APIRouter(tags=["comparing"])

    @router.get("/v1/runs", responses=openapi.answers(Runs))
    async def runs() -> Response:
        """The trained runs that can be queried."""
        return as_json({"runs": [contender.facts for contender in contenders.values()]})

    @router.post("/v1/runs/{name}", **openapi.takes(openapi.IMAGES, ProbabilitiesOfImages, 404, 422))
    async def run(name: str, request: Request) -> Response:
        """A run's probabilities for 28 x 28 images."""
        if name not in contenders:
            raise HTTPException(404, "expected the name of a run that /v1/runs lists, received another")
        return await service.run(contenders[name].answer, await read_body(request, service))

    return router


class Contender:
    """A trained run that answers. Raises TenfoldError if it is damaged, or has other classes than digits."""

    def __init__(self, run: "Run") -> None:
        from tenfold.runs.inference import open_session

        self._session = open_session(run.onnx_path)
        self.facts: dict[str, Any] = {
            "name": run.path.name,
            "recipe": run.settings.recipe,
            "seed": run.settings.seed,
        }
        try:
            self.facts |= {name: run.result[name] for name in ("parameters", "test_accuracy")}
        except KeyError as error:
            raise RunError(f"{run.result_path} lacks {error}; train the run again") from None
        n_classes = self._session.get_outputs()[0].shape[-1]
        if n_classes not in (N_DIGITS, N_CLASSES):
            raise InputError(f"expected a run that knows the ten digits, it knows {n_classes} classes")

    def answer(self, body: bytes, deadline: Deadline) -> Response:
        """The probabilities of 0 to 9 for the images in `body`."""
        from tenfold.runs.inference import predict

        predict_part = partial(predict, self._session, cores=1)
        probabilities = answer_in_parts(predict_part, load_images(body), deadline)
        return as_json({"probabilities": np.round(probabilities.astype(float), 6).tolist()})


def open_contenders(folder: Path, warn: Callable[[str], object]) -> dict[str, Contender]:
    """The finished runs in `folder`; `warn` is called with a line for each damaged one.

    Raises InputError if none is left.
    """
    contenders = {}
    for path in sorted(folder.glob("*/")):
        try:
            contender = _open_contender(path)
        except (TenfoldError, OSError) as error:
            warn(f"the run {path} is left out: {error}")
        else:
            if contender:
                contenders[path.name] = contender
    if not contenders:
        raise InputError(
            f"expected finished runs in {folder}, received none; train some: "
            f"tenfold study --out {as_typed(folder)}"
        )
    return contenders


def _open_contender(path: Path) -> Contender | None:
    """The run in a folder; None if it is unfinished, reads lines, or was trained on permuted pixels."""
    from tenfold.runs.run import Run

    run = Run(path)
    if not run.finished or run.settings.permuted or run.kind == "read lines":
        return None
    return Contender(run)
