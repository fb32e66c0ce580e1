"""Tables as rows of cells, and how their columns become numbers: the rules of Hearth's built-in trainers."""

import csv
import io
import json
import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from shared.job import Refused

MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)
MOST_CATEGORIES = 32
MOST_FEATURES = 4096
MOST_CLASSES = 1000


@dataclass
class Table:
    columns: list
    rows: list


def cell(value):
    """A cell as text; None where it is missing."""
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value).strip()
    return None if text.lower() in MISSING else text


def number_in(text):
    if text is None or not NUMBER.match(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def read_table(path, kind):
    text = path.read_text(encoding="utf-8-sig")
    if kind == "csv":
        return _from_csv(text)
    try:
        if kind == "jsonl":
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            whole = json.loads(text)
            rows = whole["data"] if isinstance(whole, dict) else whole
    except (ValueError, KeyError) as error:
        raise Refused(f"The file is not valid {kind}: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("The file is not a list of objects.")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return Table(columns, [[cell(row.get(key)) for key in columns] for row in rows])


def _from_csv(text):
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    records = [record for record in csv.reader(io.StringIO(text), delimiter=delimiter) if record]
    if len(records) < 2:
        raise Refused("There are no rows.")
    columns = [name.strip() for name in records[0]]
    if any(len(record) != len(columns) for record in records):
        raise Refused("The rows differ in their number of values.")
    return Table(columns, [[cell(value) for value in record] for record in records[1:]])


def target_index(columns, wished):
    if wished is not None:
        if wished not in columns:
            raise Refused(f'There is no column "{wished}"; the columns are {", ".join(columns[:20])}.')
        return columns.index(wished)
    lower = [name.lower() for name in columns]
    usual = [lower.index(name) for name in ("label", "target", "class") if name in lower]
    return usual[0] if usual else len(columns) - 1


def classes_of(values):
    """The classes that a target's values make, in order; None where they are numbers to be reckoned."""
    distinct = set(values)
    if len(distinct) < 2:
        raise Refused("The target column has the same value in every row.")
    numbers = {value: number_in(value) for value in distinct}
    is_numeric = all(number is not None for number in numbers.values())
    if is_numeric and len(distinct) > max(2, min(20, len(values) / 2)):
        return None
    if len(distinct) > MOST_CLASSES:
        raise Refused(f"The target column has {len(distinct)} different texts; at most {MOST_CLASSES} fit.")
    return sorted(distinct, key=(lambda value: numbers[value]) if is_numeric else None)


def fit_encoding(column, cells):
    """How a column becomes numbers, learned from its training cells; None where there is nothing to learn from."""
    present = [value for value in cells if value is not None]
    if not present:
        return None
    numbers = [number_in(value) for value in present]
    if all(number is not None for number in numbers):
        mean = float(np.mean(numbers))
        deviation = float(np.std(numbers)) or 1.0
        return {"kind": "number", "column": column, "mean": mean, "deviation": deviation, "fill": mean}
    counts = Counter(present)
    if len(counts) > MOST_CATEGORIES and len(counts) > len(present) / 2:
        return None
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return {"kind": "category", "column": column, "values": ranked[:MOST_CATEGORIES], "fill": ranked[0]}


def encode_column(encoding, cells):
    """Numbers [rows, width] of a column: one for a number, one per category and one for all others."""
    if encoding["kind"] == "number":
        numbers = (number_in(value) for value in cells)
        filled = [encoding["fill"] if number is None else number for number in numbers]
        return np.array(filled, np.float32).reshape(-1, 1)
    places = {value: place for place, value in enumerate(encoding["values"])}
    encoded = np.zeros((len(cells), len(places) + 1), np.float32)
    for row, value in enumerate(cells):
        encoded[row, places.get(encoding["fill"] if value is None else value, len(places))] = 1
    return encoded
