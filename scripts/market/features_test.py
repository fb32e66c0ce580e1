import math
import unittest

import numpy as np

from market.bars import bars_of
from market.features import CONTEXT, features_of, rolling_mean

HOUR = 3_600_000


def random_bars(rng, count, step_ms=HOUR):
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, count)))
    opened = close * np.exp(rng.normal(0, 0.01, count))
    high = np.maximum(opened, close) * np.exp(np.abs(rng.normal(0, 0.005, count)))
    low = np.minimum(opened, close) * np.exp(-np.abs(rng.normal(0, 0.005, count)))
    volume = rng.lognormal(8, 1, count) * (rng.random(count) > 0.05)
    time = 1_600_000_000_000 + step_ms * np.arange(count)
    return bars_of(time, opened, high, low, close, volume)


def same(one, other):
    """Equal to the last bit, "not a number" included."""
    return set(one) == set(other) and all(np.array_equal(one[k], other[k], equal_nan=True) for k in one)


def looks_ahead(compute, bars, cut):
    """Whether a value of the first ``cut`` bars changes when the others are appended."""
    before, after = compute(bars.where(slice(0, cut))), compute(bars)
    return not same(before, {name: column[:cut] for name, column in after.items()})


class NoLookAhead(unittest.TestCase):
    def test_a_feature_never_changes_when_later_bars_are_appended(self):
        for seed in range(60):
            rng = np.random.default_rng(seed)
            bars = random_bars(rng, int(rng.integers(2, 400)))
            cut = int(rng.integers(1, len(bars)))
            self.assertFalse(looks_ahead(features_of, bars, cut), f"seed {seed}")

    def test_nor_when_what_comes_later_is_absurd(self):
        rng = np.random.default_rng(1)
        bars, absurd = random_bars(rng, 300), random_bars(rng, 300)
        later = bars_of(
            bars.time[-1] + HOUR * np.arange(1, 301),
            *(getattr(absurd, name) * 1e6 for name in ("open", "high", "low", "close", "volume")),
        )
        whole = features_of(bars.followed_by(later))
        self.assertTrue(same(features_of(bars), {name: column[:300] for name, column in whole.items()}))

    def test_would_notice_features_that_do_look_ahead(self):
        bars = random_bars(np.random.default_rng(2), 200)

        def centred(given):
            return {"mean": np.roll(rolling_mean(given.close, 5), -2)}

        def whole_sample(given):
            return {"z": (given.close - given.close.mean()) / given.close.std()}

        def one_bar(given):
            return {"next": np.append(given.close[1:], np.nan)}

        for planted in (centred, whole_sample, one_bar):
            self.assertTrue(looks_ahead(planted, bars, 150), planted.__name__)


class Incremental(unittest.TestCase):
    def test_with_enough_bars_before_them_new_features_are_those_of_a_batch(self):
        bars = random_bars(np.random.default_rng(3), CONTEXT + 500)
        whole = features_of(bars)
        part = features_of(bars.newest(CONTEXT + 40))
        for name, column in whole.items():
            np.testing.assert_allclose(part[name][-40:], column[-40:], rtol=1e-9, atol=1e-9, err_msg=name)


class Formulas(unittest.TestCase):
    """Against the textbook's formulas written out bar by bar."""

    def setUp(self):
        self.bars = random_bars(np.random.default_rng(4), 160)
        self.features = features_of(self.bars)
        self.close = self.bars.close.tolist()

    def at(self, name, t):
        return float(self.features[name][t])

    def test_returns_and_windows(self):
        returns = [math.log(b / a) for a, b in zip(self.close, self.close[1:])]
        for window in (5, 14, 21):
            last = returns[-window:]
            mean = sum(last) / window
            deviation = math.sqrt(sum((x - mean) ** 2 for x in last) / (window - 1))
            self.assertAlmostEqual(self.at(f"volatility_{window}", -1), deviation, places=12)
            self.assertTrue(math.isnan(self.at(f"volatility_{window}", window - 1)))
            self.assertFalse(math.isnan(self.at(f"volatility_{window}", window)))
            volumes = self.bars.volume[-window:].tolist()
            self.assertAlmostEqual(self.at(f"volume_mean_{window}", -1), sum(volumes) / window, places=6)
        hundred = self.bars.volume[-100:]
        expected = (hundred[-1] - hundred.mean()) / hundred.std()
        self.assertAlmostEqual(self.at("volume_z_100", -1), expected, places=10)
        self.assertTrue(math.isnan(self.at("volume_z_100", 98)))

    def test_macd(self):
        def ema(values, n):
            level = values[0]
            out = [level]
            for value in values[1:]:
                level = 2 / (n + 1) * value + (1 - 2 / (n + 1)) * level
                out.append(level)
            return out

        line = [a - b for a, b in zip(ema(self.close, 12), ema(self.close, 26))]
        signal = ema(line, 9)
        self.assertAlmostEqual(self.at("macd", -1), line[-1], places=9)
        self.assertAlmostEqual(self.at("macd_signal", -1), signal[-1], places=9)
        self.assertAlmostEqual(self.at("macd_histogram", -1), line[-1] - signal[-1], places=9)
        self.assertTrue(math.isnan(self.at("macd", 24)) and math.isnan(self.at("macd_signal", 32)))
        self.assertFalse(math.isnan(self.at("macd", 25)) or math.isnan(self.at("macd_signal", 33)))

    def test_rsi(self):
        changes = [b - a for a, b in zip(self.close, self.close[1:])]
        gain = sum(max(x, 0) for x in changes[:14]) / 14
        loss = sum(max(-x, 0) for x in changes[:14]) / 14
        self.assertAlmostEqual(self.at("rsi_14", 14), 100 - 100 / (1 + gain / loss), places=9)
        for x in changes[14:]:
            gain, loss = (gain * 13 + max(x, 0)) / 14, (loss * 13 + max(-x, 0)) / 14
        self.assertAlmostEqual(self.at("rsi_14", -1), 100 - 100 / (1 + gain / loss), places=9)
        self.assertTrue(math.isnan(self.at("rsi_14", 13)))

    def test_atr_uses_the_close_before(self):
        ranges = [
            max(high - low, abs(high - before), abs(low - before))
            for high, low, before in zip(self.bars.high[1:], self.bars.low[1:], self.bars.close)
        ]
        level = sum(ranges[:14]) / 14
        self.assertAlmostEqual(self.at("atr_14", 14), level, places=9)
        for x in ranges[14:]:
            level = (level * 13 + x) / 14
        self.assertAlmostEqual(self.at("atr_14", -1), level, places=9)

    def test_prices_and_cycles(self):
        self.assertEqual(self.at("price_range", 7), self.bars.high[7] - self.bars.low[7])
        self.assertEqual(self.at("price_change", 7), self.bars.close[7] - self.bars.open[7])
        # 2020-09-13T12:26:40Z was a Sunday.
        self.assertAlmostEqual(self.at("hour_sin", 0), math.sin(2 * math.pi * 12 / 24), places=12)
        self.assertAlmostEqual(self.at("weekday_cos", 0), math.cos(2 * math.pi * 6 / 7), places=12)
        self.assertAlmostEqual(self.at("month_sin", 0), math.sin(2 * math.pi * 8 / 12), places=12)

    def test_flat_prices_give_numbers(self):
        flat = bars_of(HOUR * np.arange(150), *[np.full(150, 5.0)] * 4, np.zeros(150))
        last = {name: float(column[-1]) for name, column in features_of(flat).items()}
        self.assertEqual((last["rsi_14"], last["volume_z_100"], last["atr_14"]), (50.0, 0.0, 0.0))
        self.assertTrue(all(math.isfinite(value) for value in last.values()))

    def test_any_number_of_bars_and_any_length(self):
        for count in (0, 1, 2, 13, 14, 26):
            for column in features_of(random_bars(np.random.default_rng(5), count, 60_000)).values():
                self.assertEqual(len(column), count)


if __name__ == "__main__":
    unittest.main()
