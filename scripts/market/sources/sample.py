"""Bars by a seeded formula: hourly, the same on every machine, going on as long as time does.

With u(i, k) uniform in (0, 1) from SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
OOPSLA 2014) of the seed, the bar's number i and a stream number k, and z a standard normal from two of them (Box and
Muller, 1958):

    r[i]  = 0.0009 · sin(2π · hour / 24) + 0.05 · r[i-1] + σ[i] · z[i]             the log return
    σ²[i] = 4e-7 + 0.08 · (r[i-1])² + 0.90 · σ²[i-1]                               GARCH(1,1), Bollerslev 1986
    C[i]  = C[i-1] · exp(r[i]),  O[i] = C[i-1],  C before the first bar = 100
    H, L  = max, min of O and C, moved outwards by σ[i] · |z'| and σ[i] · |z''|
    V[i]  = 1000 · exp(0.4 · cos(2π · (hour - 14) / 24) + 60 · |r[i]| + 0.3 · z''')

The daily rhythm in r is put in on purpose, so that there is something to learn: a model that beats the naive forecast
here has found it, and says nothing about real markets.
"""

from __future__ import annotations

import math

import numpy as np

from ..bars import Bars, bars_of

SEED = 20240101
START_MS = 1_704_067_200_000  # 2024-01-01T00:00Z
HOUR_MS = 3_600_000
ORIGIN = "generated: seeded hourly bars, GARCH(1,1) with a daily rhythm"
LICENSE = "CC0-1.0 (generated, no market data)"


def sample_bars(until_ms: int, count: int, seed: int = SEED) -> Bars:
    """The newest ``count`` whole hours before ``until_ms``."""
    total = max(0, (until_ms - START_MS) // HOUR_MS)
    index = np.arange(total, dtype=np.uint64)
    hour = (np.arange(total) % 24).astype(np.float64)
    rhythm = 0.0009 * np.sin(2 * np.pi * hour / 24)
    returns, sigma = _returns(rhythm, _normal(seed, index, 0))
    close = 100 * np.exp(np.cumsum(returns))
    opened = np.concatenate([[100.0], close[:-1]]) if total else close
    high = np.maximum(opened, close) * np.exp(sigma * np.abs(_normal(seed, index, 2)))
    low = np.minimum(opened, close) * np.exp(-sigma * np.abs(_normal(seed, index, 4)))
    swing = 0.4 * np.cos(2 * np.pi * (hour - 14) / 24) + 60 * np.abs(returns)
    volume = np.round(1000 * np.exp(swing + 0.3 * _normal(seed, index, 6)), 3)
    time = START_MS + HOUR_MS * np.arange(total)
    prices = (np.round(column, 6) for column in (opened, high, low, close))
    return bars_of(time, *prices, volume).newest(count)


def _returns(rhythm: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    returns, sigma = np.empty(len(noise)), np.empty(len(noise))
    last, variance = 0.0, 2e-5
    for i, (drift, z) in enumerate(zip(rhythm.tolist(), noise.tolist())):
        variance = 4e-7 + 0.08 * last * last + 0.90 * variance
        sigma[i] = math.sqrt(variance)
        last = drift + 0.05 * last + sigma[i] * z
        returns[i] = last
    return returns, sigma


def _normal(seed: int, index: np.ndarray, stream: int) -> np.ndarray:
    radius = np.sqrt(-2 * np.log(_uniform(seed, index, stream)))
    return radius * np.cos(2 * np.pi * _uniform(seed, index, stream + 1))


def _uniform(seed: int, index: np.ndarray, stream: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        x = (index * np.uint64(16) + np.uint64(stream + 1) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return ((x >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
