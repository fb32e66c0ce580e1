"""Price bars of any length, column by column."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True)
class Bars:
    """Equally long columns, oldest bar first. ``time`` is the bar's start in milliseconds since 1970, UTC."""

    time: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray

    def __len__(self) -> int:
        return len(self.time)

    def where(self, rows) -> "Bars":
        """The bars chosen by a slice, a mask or indices."""
        return Bars(*(getattr(self, field.name)[rows] for field in fields(self)))

    def after(self, time_ms: int) -> "Bars":
        return self.where(self.time > time_ms)

    def newest(self, count: int) -> "Bars":
        return self.where(slice(max(0, len(self) - count), None))

    def followed_by(self, later: "Bars") -> "Bars":
        pairs = ((getattr(self, f.name), getattr(later, f.name)) for f in fields(self))
        return Bars(*(np.concatenate(pair) for pair in pairs))


def bars_of(time, open, high, low, close, volume) -> Bars:
    """Bars from any sequences of numbers."""
    prices = (np.asarray(column, dtype=np.float64) for column in (open, high, low, close, volume))
    return Bars(np.asarray(time, dtype=np.int64), *prices)


def cleaned(bars: Bars) -> tuple[Bars, list[str]]:
    """Sorted by time, one bar a time (the last one told), without bars that cannot be; and what was left out."""
    notes = []
    order = np.argsort(bars.time, kind="stable")
    bars = bars.where(order)
    is_last = np.append(np.diff(bars.time) != 0, True) if len(bars) else np.zeros(0, dtype=bool)
    if not is_last.all():
        notes.append(f"{int((~is_last).sum())} bars repeat the time of another and were left out.")
    bars = bars.where(is_last)
    prices = np.stack([getattr(bars, name) for name in PRICES])
    # Comparisons with "not a number" are false, so such a bar is not possible either.
    possible = np.isfinite(prices).all(axis=0) & (prices > 0).all(axis=0) & (bars.high >= bars.low)
    if not possible.all():
        notes.append(f"{int((~possible).sum())} bars have no possible prices and were left out.")
    bars = bars.where(possible)
    unknown = ~(np.isfinite(bars.volume) & (bars.volume >= 0))
    if unknown.any():
        notes.append(f"{int(unknown.sum())} bars have no volume; it counts as 0.")
    volume = np.where(unknown, 0.0, bars.volume)
    return Bars(bars.time, bars.open, bars.high, bars.low, bars.close, volume), notes
