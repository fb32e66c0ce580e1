"""What the models are shown: the features made free of scale, and what they shall say: log returns to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .errors import MarketError
from .store import FeatureTable

HORIZONS = (6, 12, 24)
TRAIN_FRACTION = 0.8
#: So few held out rows would make the errors a matter of luck.
LEAST_TEST = 30
LEAST_TRAIN = 100
_BY_CLOSE = ("macd", "macd_signal", "macd_histogram", "atr_14", "price_range", "price_change")


def inputs_of(table: FeatureTable) -> dict[str, np.ndarray]:
    """Features whose size does not follow the price or the volume of the day: a price of 100 or 3000 is all one.

    Amounts of money are divided by the close, volume is compared with its own averages, RSI is put about 0.
    """
    inputs = {}
    for name, column in table.features.items():
        if name in _BY_CLOSE:
            inputs[f"{name}/close"] = column / table.close
        elif name.startswith("volume_mean_"):
            inputs[f"ln(volume/{name})"] = np.log1p(table.volume) - np.log1p(column)
        elif name == "rsi_14":
            inputs["rsi_14/100-0.5"] = column / 100 - 0.5
        else:
            inputs[name] = column
    return inputs


def matrix_of(inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, int]:
    """Rows × inputs from the first row on that all windows fill, and how many rows were left out before it."""
    matrix = np.stack(list(inputs.values()), axis=1)
    gaps = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    begin = int(gaps[-1]) + 1 if len(gaps) else 0
    return matrix[begin:], begin


def targets_of(close: np.ndarray, horizon: int) -> np.ndarray:
    """ln(C[t+h] / C[t]); unknown for the last h bars."""
    targets = np.full(len(close), np.nan)
    if len(close) > horizon:
        targets[:-horizon] = np.log(close[horizon:] / close[:-horizon])
    return targets


@dataclass(frozen=True)
class Split:
    """Rows to learn from and rows to be tested on, by horizon; ``targets`` by horizon for all rows."""

    boundary: int
    targets: dict[int, np.ndarray]

    def train_rows(self, horizon: int) -> np.ndarray:
        """Rows whose target was known before the first row of the test: the last h before the boundary are purged."""
        return np.arange(0, max(0, self.boundary - horizon))

    def test_rows(self, horizon: int) -> np.ndarray:
        return np.arange(self.boundary, max(self.boundary, len(self.targets[horizon]) - horizon))


def split_of(close: np.ndarray, horizons=HORIZONS) -> Split:
    """Chronological: the first 80 % of the rows to learn from, the last 20 % to be tested on."""
    split = Split(int(TRAIN_FRACTION * len(close)), {h: targets_of(close, h) for h in horizons})
    longest = max(horizons)
    if len(split.train_rows(longest)) < LEAST_TRAIN or len(split.test_rows(longest)) < LEAST_TEST:
        needed = int(max((LEAST_TRAIN + longest) / TRAIN_FRACTION, (LEAST_TEST + longest) / (1 - TRAIN_FRACTION)))
        raise MarketError(
            f"{len(close)} bars with whole features are too few to learn from and be tested on; "
            f"about {needed + 1} are needed (and about 100 before them that fill the windows)."
        )
    return split


@dataclass(frozen=True)
class Scale:
    """Mean and spread of the rows that are learnt from."""

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> "Scale":
        spread = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(spread > 1e-12, spread, 1.0))

    def apply(self, rows: np.ndarray) -> np.ndarray:
        return (rows - self.mean) / self.spread
