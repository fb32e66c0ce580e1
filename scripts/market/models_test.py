import io
import pickle
import unittest
import zipfile

import numpy as np

from market.errors import MarketError
from market.inputs import split_of
from market.measures import band_of, measures_of
from market.model_file import read_model, write_model
from market.models import boosted, linear, lstm

COUNT = 400


def quiet(_message):
    pass


def story(seed=0):
    """Inputs of which the first drives the price, so that there is something to learn."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(COUNT, 5))
    drift = np.concatenate([[0], 0.01 * matrix[:-1, 0]])
    close = 100 * np.exp(np.cumsum(drift + rng.normal(0, 0.002, COUNT)))
    return matrix, split_of(close, (1, 3))


def reread(kind, model):
    content = write_model(kind, model, ["a"], {h: 0.1 for h in model.horizons}, "test")
    return read_model(content)[0], content


class Learning(unittest.TestCase):
    def check(self, kind, least_ratio):
        matrix, split = story()
        model = kind.train(matrix, split, quiet)
        again, content = reread(kind.KIND, model)
        self.assertLess(len(content), 1_000_000)
        for horizon in (1, 3):
            rows = split.test_rows(horizon)
            told = model.predict(matrix, rows, horizon)
            np.testing.assert_array_equal(again.predict(matrix, rows, horizon), told)
            measured = measures_of(told, split.targets[horizon][rows])
            self.assertLess(measured["rmse"], least_ratio[horizon] * measured["naive_rmse"])
        return matrix, split, model

    def test_linear(self):
        self.check(linear, {1: 0.35, 3: 0.9})

    def test_boosted_trees_as_scikit_learn_has_them(self):
        matrix, split, model = self.check(boosted, {1: 0.8, 3: 0.97})
        for horizon in (1, 3):
            rows = split.train_rows(horizon)
            fit = boosted.regressor(len(rows)).fit(matrix[rows], split.targets[horizon][rows])
            told = model.predict(matrix, np.arange(COUNT), horizon)
            np.testing.assert_allclose(told, fit.predict(matrix), rtol=1e-9, atol=1e-15)

    @unittest.skipUnless(lstm.is_available(), "PyTorch is not installed: the LSTM is not tested here")
    def test_lstm_runs_in_numpy_as_in_pytorch(self):
        import torch

        matrix, split, model = self.check(lstm, {1: 1.1, 3: 1.1})
        numbers = {name: torch.tensor(values) for name, values in model.arrays().items()}
        network = torch.nn.LSTM(5, lstm.HIDDEN, batch_first=True, dtype=torch.float64)
        network.weight_ih_l0.data = numbers["input_weights"]
        network.weight_hh_l0.data = numbers["hidden_weights"]
        network.bias_ih_l0.data = numbers["bias"]
        network.bias_hh_l0.data.zero_()
        row = 60
        window = (torch.tensor(matrix[row - 47 : row + 1]) - numbers["mean"]) / numbers["spread"]
        states, _ = network(window[None])
        told = (states[0, -1] @ numbers["out_weights"].T + numbers["out_bias"]) * numbers["target_spread"]
        for place, horizon in enumerate((1, 3)):
            mine = model.predict(matrix, np.array([row]), horizon)[0]
            self.assertAlmostEqual(mine, float(told[place].detach()), places=12)

    @unittest.skipUnless(lstm.is_available(), "PyTorch is not installed: the LSTM is not tested here")
    def test_lstm_needs_its_whole_window(self):
        matrix, split = story()
        model = lstm.train(matrix, split, quiet)
        with self.assertRaises(ValueError):
            model.predict(matrix, np.array([46]), 1)


class Files(unittest.TestCase):
    def test_a_pickle_is_never_run(self):
        class Bomb:
            def __reduce__(self):
                return (print, ("run",))

        file = io.BytesIO()
        np.savez(file, about=np.array([Bomb()], dtype=object))
        for content in (pickle.dumps(Bomb()), file.getvalue(), b"", b"PK\x03\x04 nonsense"):
            with self.assertRaisesRegex(MarketError, "cannot be read"):
                read_model(content)

    def test_one_that_unpacks_to_more_than_is_read_is_refused(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("about.npy", bytes(65 * 1024 * 1024))
        with self.assertRaisesRegex(MarketError, "unpacks to more"):
            read_model(file.getvalue())


class Measures(unittest.TestCase):
    def test_beside_the_forecast_that_nothing_changes(self):
        measured = measures_of(np.array([0.1, -0.1]), np.array([0.2, 0.1]))
        self.assertAlmostEqual(measured["mae"], 0.15)
        self.assertAlmostEqual(measured["mse"], 0.025)
        self.assertAlmostEqual(measured["rmse"], 0.025**0.5)
        self.assertAlmostEqual(measured["naive_mae"], 0.15)
        self.assertAlmostEqual(measured["naive_rmse"], 0.025**0.5)

    def test_band(self):
        band = band_of(100.0, 0.0, 0.1)
        self.assertAlmostEqual(band["price"], 100)
        self.assertAlmostEqual(band["lower"] * band["upper"], 10_000)
        self.assertAlmostEqual(np.log(band["upper"] / 100), 0.196)


if __name__ == "__main__":
    unittest.main()
