import unittest

import numpy as np

from market.errors import MarketError
from market.features import features_of
from market.features_test import random_bars
from market.inputs import HORIZONS, inputs_of, matrix_of, split_of, targets_of
from market.store import FeatureTable


def table_of(bars):
    return FeatureTable(bars.time, bars.close, bars.volume, features_of(bars))


class Targets(unittest.TestCase):
    def test_are_the_log_returns_to_come(self):
        close = np.array([100.0, 110.0, 121.0, 133.1])
        np.testing.assert_allclose(targets_of(close, 2)[:2], 2 * np.log(1.1))
        self.assertTrue(np.isnan(targets_of(close, 2)[2:]).all())
        self.assertTrue(np.isnan(targets_of(close, 9)).all())


class Splitting(unittest.TestCase):
    def test_nothing_of_the_test_is_known_while_learning(self):
        for count in (300, 301, 777, 5000):
            close = np.exp(np.random.default_rng(count).normal(0, 0.01, count).cumsum())
            split = split_of(close)
            self.assertEqual(split.boundary, int(0.8 * count))
            for horizon in HORIZONS:
                train, test = split.train_rows(horizon), split.test_rows(horizon)
                # The bar that a target of training needs lies before the first bar of the test, and none is wasted.
                self.assertEqual(train[-1] + horizon, split.boundary - 1)
                self.assertEqual(test[0], split.boundary)
                self.assertEqual(test[-1] + horizon, count - 1)
                self.assertTrue(np.isfinite(split.targets[horizon][np.concatenate([train, test])]).all())

    def test_changing_the_test_changes_nothing_that_is_learnt_from(self):
        close = np.exp(np.random.default_rng(1).normal(0, 0.01, 400).cumsum())
        other = close.copy()
        other[320:] *= 7
        for horizon in HORIZONS:
            rows = split_of(close).train_rows(horizon)
            np.testing.assert_array_equal(
                split_of(close).targets[horizon][rows], split_of(other).targets[horizon][rows]
            )

    def test_too_few_bars_are_refused_with_how_many_are_needed(self):
        with self.assertRaisesRegex(MarketError, r"about \d+ are needed"):
            split_of(np.linspace(1, 2, 150))


class Inputs(unittest.TestCase):
    def test_do_not_depend_on_the_scale_of_prices(self):
        bars = random_bars(np.random.default_rng(2), 300)
        prices = ("open", "high", "low", "close")
        larger = type(bars)(bars.time, *(getattr(bars, name) * 1000 for name in prices), bars.volume)
        one, begin = matrix_of(inputs_of(table_of(bars)))
        other, _ = matrix_of(inputs_of(table_of(larger)))
        self.assertEqual(begin, 99)
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)


if __name__ == "__main__":
    unittest.main()
