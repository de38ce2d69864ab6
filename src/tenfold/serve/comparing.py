"""The routes that let trained runs answer, for the page to compare them."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from tenfold.errors import InputError
from tenfold.reader.deadline import Deadline
from tenfold.serve import described
from tenfold.serve.answer import as_json
from tenfold.serve.batches import answer_in_parts, load_images
from tenfold.serve.body import read_body
from tenfold.serve.service import Service

if TYPE_CHECKING:
    from tenfold.training.run import Run


def comparing_routes(service: Service, folder: Path | None) -> APIRouter:
    """GET /v1/runs and POST /v1/runs/{name} for the finished runs in `folder`; none without one.

    Raises InputError where there are none in it.
    """
    router = APIRouter(tags=["comparing"])
    contenders = {} if folder is None else _open_contenders(folder)

    @router.get("/v1/runs", **described.RUNS)
    async def runs() -> Response:
        """The trained runs that may be asked."""
        return as_json({"runs": [contender.facts for contender in contenders.values()]})

    @router.post("/v1/runs/{name}", **described.RUN)
    async def run(name: str, request: Request) -> Response:
        """What a run says of 28 x 28 images."""
        if name not in contenders:
            raise HTTPException(404, "expected the name of a run that /v1/runs lists, received another")
        return await service.run(contenders[name].answer, await read_body(request, service))

    return router


class Contender:
    """A trained run that answers."""

    def __init__(self, run: "Run") -> None:
        from tenfold.training.inference import open_session

        self._session = open_session(run.onnx_path)
        self.facts: dict[str, Any] = {
            "name": run.path.name,
            "recipe": run.settings.recipe,
            "seed": run.settings.seed,
            "parameters": run.result["parameters"],
            "test_accuracy": run.result["test_accuracy"],
        }

    def answer(self, body: bytes, deadline: Deadline) -> Response:
        """The probabilities of 0 to 9 for the images in `body`."""
        from tenfold.training.inference import predict

        predict_part = partial(predict, self._session, cores=1)
        probabilities = answer_in_parts(predict_part, load_images(body), deadline)
        return as_json({"probabilities": np.round(probabilities.astype(float), 6).tolist()})


def _open_contenders(folder: Path) -> dict[str, Contender]:
    contenders = {run.path.name: Contender(run) for run in _finished_runs(folder)}
    if not contenders:
        raise InputError(
            f"expected finished runs in {folder}, received none; train some: tenfold study --out {folder}"
        )
    return contenders


def _finished_runs(folder: Path) -> Iterable["Run"]:
    """Runs for single digits that saw them as they are."""
    from tenfold.recipes import load_recipe
    from tenfold.training.run import Run

    for path in sorted(folder.glob("*/")):
        run = Run(path)
        if run.finished and not run.settings.permuted and not load_recipe(run.settings.recipe).reads_lines:
            yield run
