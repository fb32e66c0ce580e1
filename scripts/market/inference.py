"""One answer at the newest bar, from the model that was best on the test."""

from __future__ import annotations

import json

from .errors import MarketError
from .forecast import forecasts_of, newest_rows
from .inputs import HORIZONS
from .model_file import KINDS
from .settings import Options, add_symbol, store_of


def main() -> None:
    options = Options(prog="inference.py")
    add_symbol(options, "the one collected last")
    options.add_argument("--horizon", type=int, choices=HORIZONS, default=HORIZONS[0])
    options.add_argument("--model", choices=("best", *KINDS), default="best")
    given = options.parse_args()
    store = store_of(given.symbol)
    kind, error = _chosen(store.models(), given.model, given.horizon, store.symbol)
    row = next(
        row for row in forecasts_of(store, newest_rows(store), kind) if row["horizon"] == given.horizon
    )
    is_better = error["rmse"] < error["naive_rmse"]
    answer = {"symbol": store.symbol, **row, "naive_rmse": error["naive_rmse"], "better_than_naive": is_better}
    print(json.dumps(answer, allow_nan=False))


def _chosen(models: list[dict], wanted: str, horizon: int, symbol: str) -> tuple[str, dict]:
    """The wanted model, or the one with the smallest RMSE for this horizon."""
    errors = {
        model["model"]: error for model in models for error in model["errors"] if error["horizon"] == horizon
    }
    if wanted == "best" and errors:
        return min(errors.items(), key=lambda pair: pair[1]["rmse"])
    if wanted in errors:
        return wanted, errors[wanted]
    what = "No model" if wanted == "best" else f"No {wanted} model"
    raise MarketError(f"{what} is trained for {symbol}, {horizon} bars ahead: run multi_model_trainer.py first.")
