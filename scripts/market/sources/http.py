"""Bars from an HTTP endpoint that answers with CSV or JSON."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request

from ..bars import Bars
from ..errors import MarketError
from .csv_file import bars_of_bytes

MOST_BYTES = 64 * 1024 * 1024
TIMEOUT_S = 60


class _OnlyHttp(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, response, code, message, headers, url):
        _require_http(url)
        return super().redirect_request(request, response, code, message, headers, url)


def bars_of_url(url: str, symbol: str, after: str | None) -> Bars:
    """Asks the address once; ``{symbol}`` and ``{after}`` (a time, or nothing) in it are filled in."""
    filled = url.replace("{symbol}", _quoted(symbol)).replace("{after}", _quoted(after or ""))
    _require_http(filled)
    # No other handlers than these: nothing opens files or FTP addresses.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _OnlyHttp(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(filled, headers={"accept": "text/csv, application/json"})
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            content = response.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise MarketError(f"The source answered {error.code} {error.reason}.") from None
    except (urllib.error.URLError, OSError) as error:
        raise MarketError(f"The source cannot be reached: {getattr(error, 'reason', error)}.") from None
    if len(content) > MOST_BYTES:
        raise MarketError(f"The source answered with more than {MOST_BYTES} bytes.")
    return bars_of_bytes(content)


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _require_http(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise MarketError("The source's address must begin with http:// or https://.")
