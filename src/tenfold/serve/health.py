"""Routes for health, metrics and the model in use."""

from dataclasses import asdict

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

import tenfold
from tenfold.serve import openapi
from tenfold.serve.metrics import registry
from tenfold.serve.responses import Live, ModelFacts, Ready, as_json
from tenfold.serve.service import Service


def health_routes(service: Service) -> APIRouter:
    """GET /v1/model, /metrics, and /health/live and /ready, again under /v2."""
    router = APIRouter(tags=["service"])

    @router.get("/v1/model", responses=openapi.answers(ModelFacts))
    async def model() -> Response:
        """The network for single digits, and the service's limits."""
        settings = service.settings
        return as_json(
            {
                **asdict(service.reader.manifest),
                "service": {
                    "version": tenfold.__version__,
                    "keeps_corrections": settings.keep is not None,
                    "max_body_bytes": settings.max_body_bytes,
                    "max_pixels": settings.max_pixels,
                },
            }
        )

    @router.get("/v2/health/live", responses=openapi.answers(Live))
    @router.get("/health/live", responses=openapi.answers(Live))
    async def live() -> Response:
        """200 as long as the process answers."""
        return as_json({"live": True})

    @router.get("/v2/health/ready", responses=openapi.answers_ready(Ready))
    @router.get("/health/ready", responses=openapi.answers_ready(Ready))
    async def ready() -> Response:
        """Whether pictures are read; 503 while no reading thread becomes free within the timeout."""
        return as_json({"ready": not service.is_stuck}, 503 if service.is_stuck else 200)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counts and times of all workers, in Prometheus' text format."""
        return Response(generate_latest(registry()), media_type=CONTENT_TYPE_LATEST)

    return router
