"""Bars from a table: text of a CSV file, or parsed JSON, with columns under their usual names."""

from __future__ import annotations

import csv
import io

from ..bars import Bars, bars_of
from ..errors import MarketError
from ..times import parse_time

_NAMES = {
    "time": ("time", "timestamp", "date", "datetime", "open_time", "opentime", "t"),
    "open": ("open", "o"),
    "high": ("high", "h"),
    "low": ("low", "l"),
    "close": ("close", "c", "price"),
    "volume": ("volume", "v", "vol"),
}
_ORDER = ("time", "open", "high", "low", "close", "volume")


def bars_of_csv(text: str) -> Bars:
    """A heading line with names, then a line a bar; commas, semicolons or tabs."""
    text = text.lstrip("\ufeff")
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    names = next(rows, [])
    return _bars([names, *(row for row in rows if row)])


def bars_of_json(data) -> Bars:
    """A list of objects, a list of ``[time, open, high, low, close, volume]``, or an object with such a list."""
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list) and value]
        if len(lists) != 1:
            raise MarketError("The JSON object has no single list of bars in it.")
        data = lists[0]
    if not isinstance(data, list):
        raise MarketError("The JSON is not a list of bars.")
    if data and isinstance(data[0], dict):
        names = list(data[0])
        return _bars([names, *([row.get(name) for name in names] for row in data)])
    return _bars([list(_ORDER), *data])


def _bars(rows: list) -> Bars:
    names = [str(name).strip().strip('"').lower() for name in rows[0]]
    place = {}
    for wanted, known in _NAMES.items():
        found = next((names.index(name) for name in known if name in names), None)
        if found is None and wanted != "volume":
            raise MarketError(f"There is no column {wanted!r} among {', '.join(names)[:200]}.")
        place[wanted] = found
    columns = {name: [] for name in _ORDER}
    for number, row in enumerate(rows[1:], start=2):
        for name in _ORDER:
            columns[name].append(_cell(name, row, place[name], number))
    return bars_of(**columns)


def _cell(name: str, row: list, at, number: int):
    if at is None:
        return float("nan")
    try:
        given = row[at]
        if name == "time":
            return parse_time(given)
        return float("nan") if given in (None, "") else float(given)
    except (IndexError, TypeError, ValueError):
        raise MarketError(f"Row {number} has no number under {name!r}.") from None
    except MarketError as error:
        raise MarketError(f"Row {number}: {error}") from None
