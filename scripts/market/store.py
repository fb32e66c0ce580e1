"""What the server keeps of one symbol, as arrays."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from .api import Api, Refused
from .bars import Bars, bars_of
from .errors import MarketError
from .times import from_iso_list, to_iso_list

PART = 2500


@dataclass(frozen=True)
class FeatureTable:
    """Features by name, with the close and volume of their bars; oldest first."""

    time: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    features: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.time)

    def newest(self, count: int) -> "FeatureTable":
        rows = slice(max(0, len(self) - count), None)
        features = {name: column[rows] for name, column in self.features.items()}
        return FeatureTable(self.time[rows], self.close[rows], self.volume[rows], features)


class Store:
    def __init__(self, api: Api, symbol: str):
        self.symbol = symbol
        self._api = api
        self._path = f"/market/{symbol}"

    @staticmethod
    def find_newest_symbol(api: Api) -> str | None:
        """The symbol whose bars were collected last."""
        items = api.get("/market", limit=1)["items"]
        return items[0]["symbol"] if items else None

    def find(self) -> dict | None:
        try:
            return self._api.get(self._path)
        except Refused as refused:
            if refused.code == "market.not_found":
                return None
            raise

    def newest_bars(self, count: int) -> Bars:
        return _bars(self._api.get(f"{self._path}/bars", newest=count)["bars"])

    def begin(self, source: str, origin: str, license_text: str | None) -> str:
        body = {"source": source, "origin": origin, "license": license_text}
        return self._api.post(f"{self._path}/collections", body)["collection_id"]

    def add(self, collection_id: str, bars: Bars, features: dict[str, np.ndarray], on_part=None) -> None:
        for begin in range(0, len(bars), PART):
            rows = slice(begin, begin + PART)
            part = bars.where(rows)
            body = {
                "collection_id": collection_id,
                "bars": _bar_columns(part),
                "features": {name: _with_gaps(column[rows]) for name, column in features.items()},
            }
            self._api.post(f"{self._path}/rows", body)
            if on_part:
                on_part(min(begin + PART, len(bars)), len(bars))

    def finish(self, collection_id: str) -> dict:
        return self._api.post(f"{self._path}/collections/{collection_id}/finish", {})

    def features(self, newest: int | None = None) -> FeatureTable:
        """All features, or those of the newest bars; begins anew where all bars are replaced meanwhile."""
        for _ in range(3):
            parts, collections = self._parts(newest)
            if len(collections) == 1:
                return _table(parts)
        raise MarketError("The bars are being replaced all the time; try again when the collector is done.")

    def _parts(self, newest: int | None) -> tuple[list[dict], set[str]]:
        if newest is not None and newest <= PART:
            part = self._api.get(f"{self._path}/features", newest=newest)
            return [part], {part["collection_id"]}
        parts, after = [], None
        while True:
            parts.append(self._api.get(f"{self._path}/features", limit=PART, after=after))
            after = parts[-1]["next_after"]
            if after is None:
                return parts, {part["collection_id"] for part in parts}

    def put_model(self, model: str, file: bytes, told: dict) -> None:
        body = {"file": base64.b64encode(file).decode("ascii"), **told}
        self._api.put(f"{self._path}/models/{model}", body)

    def models(self) -> list[dict]:
        return self._api.get(f"{self._path}/models")["items"]

    def model_file(self, model: str) -> bytes:
        return self._api.get_bytes(f"{self._path}/models/{model}/file")

    def predict(self, predictions: list[dict]) -> dict:
        return self._api.post(f"{self._path}/predictions", {"predictions": predictions})


def _table(parts: list[dict]) -> FeatureTable:
    def column(pick) -> np.ndarray:
        return np.concatenate([np.array(pick(part), dtype=np.float64) for part in parts])

    time = np.concatenate([from_iso_list(part["time"]) for part in parts])
    names = list(parts[0]["features"])
    features = {name: column(lambda part, name=name: part["features"][name]) for name in names}
    return FeatureTable(time, column(lambda part: part["close"]), column(lambda part: part["volume"]), features)


def _bars(columns: dict) -> Bars:
    prices = (columns[name] for name in ("open", "high", "low", "close", "volume"))
    return bars_of(from_iso_list(columns["time"]), *prices)


def _bar_columns(bars: Bars) -> dict[str, list]:
    prices = {name: getattr(bars, name).tolist() for name in ("open", "high", "low", "close", "volume")}
    return {"time": to_iso_list(bars.time), **prices}


def _with_gaps(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]

