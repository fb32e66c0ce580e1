"""Times between the forms they are written in and milliseconds since 1970, UTC."""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np

from .errors import MarketError

_HOUR_MS = 3_600_000


def parse_time(given) -> int:
    """ISO 8601 (UTC where no zone is told), a plain date, or seconds or milliseconds since 1970."""
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return _from_number(float(given))
    text = str(given).strip()
    try:
        return _from_number(float(text))
    except ValueError:
        pass
    try:
        # Python before 3.11 knows no "Z".
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)
    except ValueError:
        raise MarketError(f"{text[:40]!r} is not a time: ISO 8601, or seconds since 1970.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return round(moment.timestamp() * 1000)


def _from_number(number: float) -> int:
    if not np.isfinite(number):
        raise MarketError(f"{number} is not a time.")
    # Ten digits are seconds until the year 2286; thirteen are milliseconds.
    return round(number if abs(number) >= 1e11 else number * 1000)


def to_iso(time_ms: int) -> str:
    moment = datetime.fromtimestamp(int(time_ms) / 1000, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(time_ms) % 1000:03d}Z"


def to_iso_list(times) -> list[str]:
    return [f"{text}Z" for text in np.datetime_as_string(np.asarray(times).astype("datetime64[ms]"))]


def from_iso_list(texts: list[str]) -> np.ndarray:
    return np.array([text[:-1] for text in texts], dtype="datetime64[ms]").astype(np.int64)


def hours_of(times: np.ndarray) -> np.ndarray:
    return (times // _HOUR_MS) % 24


def weekdays_of(times: np.ndarray) -> np.ndarray:
    """Monday is 0; 1970-01-01 was a Thursday."""
    return (times // (24 * _HOUR_MS) + 3) % 7


def months_of(times: np.ndarray) -> np.ndarray:
    """January is 0."""
    return times.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64) % 12
