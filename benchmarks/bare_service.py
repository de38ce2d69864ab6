"""The baseline cost of FastAPI and Uvicorn: a route that returns a constant.

usage: python benchmarks/bare_service.py PORT
"""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.post("/")
async def constant() -> dict[str, str]:
    """Return a constant."""
    return {"text": "7"}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
