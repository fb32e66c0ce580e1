"""The trainer: three kinds of models, each measured on bars it has not learnt from, beside the naive forecast."""

from __future__ import annotations

import time

import numpy as np

from .inputs import Split, inputs_of, matrix_of, split_of
from .measures import measures_of
from .model_file import write_model
from .models import boosted, linear, lstm
from .program import log
from .settings import Options, add_symbol, store_of
from .store import FeatureTable, Store
from .times import to_iso

#: 90 days of hours.
RETRAIN_BARS = 2160
#: More would train for hours; the newest count.
MOST_BARS = 100_000


def main() -> None:
    options = Options(prog="multi_model_trainer.py")
    options.add_argument("mode", nargs="?", choices=("batch", "retrain"), default="batch")
    add_symbol(options, "the one collected last")
    given = options.parse_args()
    store = store_of(given.symbol)
    table = store.features(None if given.mode == "batch" else RETRAIN_BARS)
    if len(table) > MOST_BARS:
        log.info("Of %d bars the newest %d are used.", len(table), MOST_BARS)
        table = table.newest(MOST_BARS)
    log.info("Training (%s) for %s on %d bars.", given.mode, store.symbol, len(table))
    train_all(store, table, given.mode)


def train_all(store: Store, table: FeatureTable, mode: str) -> None:
    inputs = inputs_of(table)
    matrix, skipped = matrix_of(inputs)
    times = table.time[skipped:]
    split = split_of(table.close[skipped:])
    log.info("Tested on the bars from %s on; it learns only from what was known before.", to_iso(times[split.boundary]))
    for kind in _kinds():
        began = time.monotonic()
        model = kind.train(matrix, split, log.info)
        errors = [_error(model, matrix, split, times, horizon) for horizon in model.horizons]
        rmse = {error["horizon"]: error["rmse"] for error in errors}
        file = write_model(kind.KIND, model, list(inputs), rmse, kind.library())
        told = {"library": kind.library(), "mode": mode, "bars": len(table), "errors": errors}
        store.put_model(kind.KIND, file, told)
        for error in errors:
            log.info(_sentence(kind.KIND, error))
        log.info("%s: trained in %.1f s, %d bytes.", kind.KIND, time.monotonic() - began, len(file))


def _kinds() -> list:
    kinds = [linear, boosted]
    if lstm.is_available():
        return [*kinds, lstm]
    log.warning("PyTorch is not installed here: the LSTM is left out, the other two are trained.")
    return kinds


def _error(model, matrix: np.ndarray, split: Split, times: np.ndarray, horizon: int) -> dict:
    rows = split.test_rows(horizon)
    measured = measures_of(model.predict(matrix, rows, horizon), split.targets[horizon][rows])
    return {
        "horizon": horizon,
        **measured,
        "train_count": len(split.train_rows(horizon)),
        "test_count": len(rows),
        "test_from": to_iso(times[rows[0]]),
        "test_to": to_iso(times[rows[-1]]),
    }


def _sentence(kind: str, error: dict) -> str:
    ratio = error["rmse"] / error["naive_rmse"] if error["naive_rmse"] else float("inf")
    verdict = "better" if ratio < 1 else "no better"
    return (
        f"{kind}, {error['horizon']} bars ahead: MAE {error['mae']:.6f}, MSE {error['mse']:.3e}, "
        f"RMSE {error['rmse']:.6f}; {verdict} than the naive forecast ({error['naive_rmse']:.6f}, ratio {ratio:.3f})."
    )
