"""The predictor: every trained model, every horizon, at the newest bar."""

from __future__ import annotations

from .errors import MarketError
from .forecast import forecasts_of, newest_rows
from .model_file import KINDS
from .program import log
from .settings import Options, add_symbol, store_of


def main() -> None:
    options = Options(prog="predictor.py")
    add_symbol(options, "the one collected last")
    store = store_of(options.parse_args().symbol)
    trained = [model["model"] for model in store.models()]
    if not trained:
        raise MarketError(f"No model is trained for {store.symbol}: run multi_model_trainer.py first.")
    for kind in KINDS:
        if kind not in trained:
            log.warning("No %s model is trained for %s; it is left out.", kind, store.symbol)
    table = newest_rows(store)
    predictions = [row for kind in KINDS if kind in trained for row in forecasts_of(store, table, kind)]
    for row in predictions:
        log.info(
            "%s, %d bars ahead: %.6g (%.6g to %.6g).",
            *(row[name] for name in ("model", "horizon", "price", "lower", "upper")),
        )
    answer = store.predict(predictions)
    log.info("%d predictions stored; %d earlier ones have come true.", answer["stored"], answer["come_true"])
