"""What is computed of each bar from that bar and the ones before it; nothing looks ahead.

All windows count bars, so bars of any length will do. A value whose window is not full yet is "not a number".
Sums over windows are made term by term: a value then depends on the bars of its window alone, to the last bit,
and not on how many bars come before or after.
"""

from __future__ import annotations

import numpy as np

from .bars import Bars
from .times import hours_of, months_of, weekdays_of

WINDOWS = (5, 14, 21)
Z_WINDOW = 100
MACD_FAST, MACD_SLOW, MACD_SIGNAL = 12, 26, 9
RSI_WINDOW = 14
ATR_WINDOW = 14
#: So many bars before the first wanted one, and the smoothed values (MACD, RSI, ATR) no longer depend on where they
#: began: what is left of the beginning is (25/27)^1000, about 1e-33 of a value.
CONTEXT = 1000


def features_of(bars: Bars) -> dict[str, np.ndarray]:
    """All features by name, in the order of the server's table."""
    returns = log_returns(bars.close)
    macd, signal = macd_of(bars.close)
    return {
        "log_return": returns,
        **{f"volatility_{n}": rolling_deviation(returns, n) for n in WINDOWS},
        **{f"volume_mean_{n}": rolling_mean(bars.volume, n) for n in WINDOWS},
        f"volume_z_{Z_WINDOW}": z_score(bars.volume, Z_WINDOW),
        "macd": macd,
        "macd_signal": signal,
        "macd_histogram": macd - signal,
        "rsi_14": rsi(bars.close, RSI_WINDOW),
        "atr_14": average_true_range(bars, ATR_WINDOW),
        "price_range": bars.high - bars.low,
        "price_change": bars.close - bars.open,
        **_cycle("hour", hours_of(bars.time), 24),
        **_cycle("weekday", weekdays_of(bars.time), 7),
        **_cycle("month", months_of(bars.time), 12),
    }


def log_returns(close: np.ndarray) -> np.ndarray:
    """ln(C[t] / C[t-1]) (Campbell, Lo, MacKinlay: The Econometrics of Financial Markets, 1997, eq. 1.4.4)."""
    returns = np.full(len(close), np.nan)
    returns[1:] = np.log(close[1:] / close[:-1])
    return returns


def rolling_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Mean of the last ``window`` values."""
    return _window_sum(values, window) / window


def rolling_deviation(values: np.ndarray, window: int) -> np.ndarray:
    """Sample standard deviation (n - 1) of the last ``window`` values; of log returns: realised volatility."""
    mean = rolling_mean(values, window)
    return np.sqrt(_squared_distance(values, mean, window) / (window - 1))


def z_score(values: np.ndarray, window: int) -> np.ndarray:
    """(x - mean) / standard deviation over the last ``window`` values; 0 where they are all the same."""
    mean = rolling_mean(values, window)
    deviation = np.sqrt(_squared_distance(values, mean, window) / window)
    flat = deviation <= 1e-12 * np.abs(mean)
    return np.where(flat, 0.0, (values - mean) / np.where(flat, 1.0, deviation))


def macd_of(close: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """MACD 12/26 and its signal 9: EMA12(C) - EMA26(C), and EMA9 of that.

    Appel: The Moving Average Convergence-Divergence Trading Method, 1985. EMA with the weight 2 / (n + 1), begun at
    the first close; told once 26 closes (and for the signal 9 values more) are in.
    """
    line = _smoothed(close, 2 / (MACD_FAST + 1)) - _smoothed(close, 2 / (MACD_SLOW + 1))
    signal = _smoothed(line, 2 / (MACD_SIGNAL + 1))
    line[: MACD_SLOW - 1] = np.nan
    signal[: MACD_SLOW + MACD_SIGNAL - 2] = np.nan
    return line, signal


def rsi(close: np.ndarray, window: int) -> np.ndarray:
    """Relative strength index, 0..100 (Wilder: New Concepts in Technical Trading Systems, 1978, section VI).

    100 · G / (G + L), G and L being Wilder's averages of gains and losses; 50 where nothing moved at all.
    """
    change = np.diff(close, prepend=np.nan)
    gain = _wilder(np.where(change > 0, change, np.where(np.isnan(change), np.nan, 0.0)), window)
    loss = _wilder(np.where(change < 0, -change, np.where(np.isnan(change), np.nan, 0.0)), window)
    whole = gain + loss
    still = whole == 0
    return np.where(still, 50.0, 100 * gain / np.where(still, 1.0, whole))


def average_true_range(bars: Bars, window: int) -> np.ndarray:
    """Wilder's average (1978, section III) of max(H - L, |H - C[t-1]|, |L - C[t-1]|): the close of the bar BEFORE."""
    previous = np.full(len(bars), np.nan)
    previous[1:] = bars.close[:-1]
    spread = np.maximum(np.abs(bars.high - previous), np.abs(bars.low - previous))
    return _wilder(np.maximum(bars.high - bars.low, spread), window)


def _cycle(name: str, position: np.ndarray, period: int) -> dict[str, np.ndarray]:
    """A place in a cycle as a point on a circle, so that its end is near its beginning; UTC."""
    # Looked up, not computed anew for each bar: the same hour always has the same two numbers.
    angle = 2 * np.pi * np.arange(period) / period
    return {f"{name}_sin": np.sin(angle)[position], f"{name}_cos": np.cos(angle)[position]}


def _window_sum(values: np.ndarray, window: int) -> np.ndarray:
    total = np.full(len(values), np.nan)
    if len(values) >= window:
        total[window - 1 :] = sum(values[lag : len(values) - window + 1 + lag] for lag in range(window))
    return total


def _squared_distance(values: np.ndarray, mean: np.ndarray, window: int) -> np.ndarray:
    """Sum of (x - mean)² over each window, about that window's own mean."""
    total = np.full(len(values), np.nan)
    if len(values) >= window:
        own = mean[window - 1 :]
        total[window - 1 :] = sum(
            (values[lag : len(values) - window + 1 + lag] - own) ** 2 for lag in range(window)
        )
    return total


def _smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """Exponential average begun at the first value."""
    out = np.empty(len(values))
    level = float(values[0]) if len(values) else 0.0
    for i, value in enumerate(values.tolist()):
        level += weight * (value - level)
        out[i] = level
    return out


def _wilder(values: np.ndarray, window: int) -> np.ndarray:
    """Wilder's average: the plain mean of the first ``window`` known values, then A += (x - A) / window."""
    out = np.full(len(values), np.nan)
    known = values[~np.isnan(values)]
    if len(known) < window:
        return out
    first = len(values) - len(known) + window - 1
    level = sum(known[:window].tolist()) / window
    out[first] = level
    for i, value in enumerate(known[window:].tolist(), start=first + 1):
        level += (value - level) / window
        out[i] = level
    return out
