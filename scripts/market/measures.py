"""How far forecasts were from what came, beside the forecast that nothing changes."""

from __future__ import annotations

import numpy as np

#: Of a normal distribution, 95 % lie within so many standard deviations.
BAND = 1.96


def measures_of(told: np.ndarray, came: np.ndarray) -> dict[str, float]:
    """MAE, MSE and RMSE of log returns; ``naive_…`` are those of the forecast 0 ("the price stays") on the same rows."""
    missed = told - came
    mse = float(np.mean(missed**2))
    return {
        "mae": float(np.mean(np.abs(missed))),
        "mse": mse,
        "rmse": mse**0.5,
        "naive_mae": float(np.mean(np.abs(came))),
        "naive_rmse": float(np.mean(came**2)) ** 0.5,
    }


def band_of(close: float, log_return: float, rmse: float) -> dict[str, float]:
    """Price and band: C · exp(r) and C · exp(r ± 1.96 · RMSE)."""
    return {
        "price": close * float(np.exp(log_return)),
        "lower": close * float(np.exp(log_return - BAND * rmse)),
        "upper": close * float(np.exp(log_return + BAND * rmse)),
    }
