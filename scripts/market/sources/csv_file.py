"""Bars from a CSV or JSON file: a data set of the registry, or a file below the scripts' folder."""

from __future__ import annotations

import json
from pathlib import Path

from ..bars import Bars
from ..errors import MarketError
from .table import bars_of_csv, bars_of_json

MOST_BYTES = 256 * 1024 * 1024


def bars_of_file(path_text: str, root: Path) -> Bars:
    """The file at a path relative to ``root``; a path that leads out of it is refused."""
    path = (root / path_text).resolve()
    if root.resolve() not in path.parents:
        raise MarketError(f"{path_text!r} is not inside the scripts' folder.")
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise MarketError(f"{path_text!r} has {size} bytes; at most {MOST_BYTES} are read.")
        return bars_of_bytes(path.read_bytes())
    except OSError as error:
        raise MarketError(f"{path_text!r} cannot be read: {error.strerror}.") from None


def bars_of_bytes(content: bytes) -> Bars:
    """CSV or JSON, told apart by the first sign."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MarketError("The file is not UTF-8 text.") from None
    if not text.lstrip()[:1] in ("[", "{"):
        return bars_of_csv(text)
    try:
        return bars_of_json(json.loads(text))
    except json.JSONDecodeError as error:
        raise MarketError(f"The JSON cannot be read: {error.msg} in line {error.lineno}.") from None
