"""Predictions of the trained models at the newest bar."""

from __future__ import annotations

import numpy as np

from .errors import MarketError
from .inputs import inputs_of, matrix_of
from .measures import band_of
from .model_file import read_model
from .models.lstm import WINDOW
from .store import FeatureTable, Store
from .times import to_iso

#: Rows to read: the LSTM's window and what its neighbours need.
ROWS = WINDOW + 2


def forecasts_of(store: Store, table: FeatureTable, kind: str) -> list[dict]:
    """One prediction a horizon, in the form of the server."""
    model, about = read_model(store.model_file(kind))
    inputs = inputs_of(table)
    if list(inputs) != about["inputs"]:
        raise MarketError(f"The {kind} model was trained on other inputs: train it again.")
    matrix, _ = matrix_of(inputs)
    if len(matrix) < WINDOW:
        raise MarketError(f"The newest {WINDOW} bars have no whole features yet.")
    newest = np.array([len(matrix) - 1])
    close = float(table.close[-1])
    predictions = []
    for horizon, rmse in zip(about["horizons"], about["rmse"]):
        told = float(model.predict(matrix, newest, horizon)[0])
        predictions.append(
            {
                "time": to_iso(table.time[-1]),
                "model": kind,
                "horizon": horizon,
                "target_time": to_iso(table.time[-1] + _span(table, horizon)),
                "close": close,
                "log_return": told,
                "rmse": rmse,
                **band_of(close, told, rmse),
            }
        )
    return predictions


def newest_rows(store: Store) -> FeatureTable:
    return store.features(ROWS)


def _span(table: FeatureTable, horizon: int) -> int:
    """As long as the last so many bars took: nights and weekends are in it as they usually are."""
    return int(table.time[-1] - table.time[-1 - horizon])
