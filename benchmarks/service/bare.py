"""FastAPI and msgspec alone, as a baseline of the same run: a lookup's body decoded, and an empty answer encoded.

python -m benchmarks.service.bare PORT
"""

from __future__ import annotations

import sys

import msgspec
import uvicorn
from fastapi import FastAPI, Request, Response

from service.models import LookupRequest

app = FastAPI()


@app.post("/v1/lookups")
async def lookups(request: Request) -> Response:
    """Decode, and answer nothing."""
    msgspec.json.decode(await request.body(), type=LookupRequest)
    return Response(msgspec.json.encode({"decisions": []}), media_type="application/json")


@app.get("/readyz")
async def readyz() -> Response:
    """Answer that it runs."""
    return Response(b"{}", media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
