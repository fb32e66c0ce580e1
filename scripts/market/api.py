"""The way to the server: HTTP with the token of the job that this program runs in."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

from .errors import MarketError

TIMEOUT_S = 60
TRIES = 6
_PASSING = (429, 502, 503, 504)


class Refused(MarketError):
    """The server's own words, with its code."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{message} ({code})")
        self.status = status
        self.code = code


class Api:
    """Calls below ``/api/v1``. What fails for a while only (server restarting, too many calls) is tried again."""

    def __init__(self, base_url: str, token: str, wait=time.sleep):
        self._base = base_url.rstrip("/") + "/api/v1"
        self._token = token
        self._wait = wait

    @classmethod
    def from_environment(cls, environment=None) -> "Api":
        environment = os.environ if environment is None else environment
        url, token = environment.get("HEARTH_URL"), environment.get("HEARTH_JOB_TOKEN")
        if not url or not token:
            raise MarketError(
                "HEARTH_URL and HEARTH_JOB_TOKEN are not set. Hearth sets them for a script it runs; by hand, "
                "give the server's address and an API key."
            )
        return cls(url, token)

    def get(self, path: str, **query):
        return json.loads(self.get_bytes(path, **query))

    def get_bytes(self, path: str, **query) -> bytes:
        given = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path + (f"?{urllib.parse.urlencode(given)}" if given else ""), None)

    def post(self, path: str, body: dict):
        return json.loads(self._call("POST", path, body))

    def put(self, path: str, body: dict):
        return json.loads(self._call("PUT", path, body))

    def _call(self, method: str, path: str, body) -> bytes:
        data = None if body is None else json.dumps(body, allow_nan=False).encode()
        headers = {"authorization": f"Bearer {self._token}", "accept": "application/json"}
        if data is not None:
            headers["content-type"] = "application/json"
        for attempt in range(1, TRIES + 1):
            request = urllib.request.Request(self._base + path, data=data, headers=headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                    return response.read()
            except urllib.error.HTTPError as error:
                if error.code not in _PASSING or attempt == TRIES:
                    raise _refusal(error) from None
                pause = _seconds(error.headers.get("retry-after"))
            except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
                if attempt == TRIES:
                    reason = getattr(error, "reason", error)
                    raise MarketError(f"The server cannot be reached: {reason}.") from None
                pause = None
            self._wait(min(30.0, 0.5 * 2 ** (attempt - 1)) if pause is None else pause)
        raise AssertionError("unreachable")


def _seconds(text) -> float | None:
    try:
        return min(60.0, max(0.0, float(text)))
    except (TypeError, ValueError):
        return None


def _refusal(error: urllib.error.HTTPError) -> Refused:
    try:
        told = json.loads(error.read())["error"]
        return Refused(error.code, str(told["code"]), str(told["message"]))
    except (ValueError, KeyError, TypeError):
        return Refused(error.code, "unknown", f"The server answered {error.code}.")
