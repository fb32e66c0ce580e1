"""What most people would write in Python, and written to be quick: FastAPI, a key checked by a dependency, pydantic out,
one JSON line a request to standard output. uvicorn with uvloop and httptools, one worker; its own access log is off,
since the line replaces it, and the middleware is plain ASGI, which costs less than a decorated one.
"""

import json
import logging
import os
import socket
import sys
import time
from datetime import datetime, timezone
from typing import Annotated
from uuid import uuid4

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel


class User(BaseModel):
    id: str
    email: str
    name: str


class Me(BaseModel):
    user: User | None
    permissions: list[str]


class JsonLines(logging.Formatter):
    def format(self, record):
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat()
        line = {"level": record.levelname, "time": at, "service": "server", "msg": record.getMessage()}
        return json.dumps(line | record.fields)


handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(JsonLines())
log = logging.getLogger("answered")
log.addHandler(handler)
log.propagate = False
log.setLevel(logging.INFO)


class LogRequests:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began = time.perf_counter()
        request_id = str(uuid4())
        status = 500

        async def noting(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            fields = {
                "reqId": request_id,
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 2),
                "ip": scope["client"][0],
                "caller": scope.get("state", {}).get("caller"),
            }
            log.info("answered", extra={"fields": fields})


keys = {os.environ["BENCH_KEY"]: "bench"}
bearer = HTTPBearer()


async def caller_of(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> str:
    caller = keys.get(credentials.credentials)
    if caller is None:
        raise HTTPException(401, "Send a valid API key.")
    request.state.caller = caller
    return caller


app = FastAPI()
app.add_middleware(LogRequests)


@app.get("/api/v1/me")
async def me(caller: Annotated[str, Depends(caller_of)]) -> Me:
    return Me(user=None, permissions=["inference.use", "registry.read", "training.read"])


listening = socket.create_server(("127.0.0.1", 0))
print("listening", listening.getsockname()[1], flush=True)
config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")
uvicorn.Server(config).run(sockets=[listening])
