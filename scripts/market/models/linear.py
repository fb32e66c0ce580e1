"""Linear regression by least squares, one for each horizon."""

from __future__ import annotations

import numpy as np

from ..inputs import Scale, Split

KIND = "linear"


def library() -> str:
    import sklearn

    return f"scikit-learn {sklearn.__version__}"


class LinearModel:
    def __init__(self, horizons, scale: Scale, weights: np.ndarray, intercepts: np.ndarray):
        self.horizons = tuple(horizons)
        self._scale = scale
        self._weights = weights
        self._intercepts = intercepts

    def predict(self, matrix: np.ndarray, rows: np.ndarray, horizon: int) -> np.ndarray:
        place = self.horizons.index(horizon)
        return self._scale.apply(matrix[rows]) @ self._weights[place] + self._intercepts[place]

    def arrays(self) -> dict[str, np.ndarray]:
        return {
            "mean": self._scale.mean,
            "spread": self._scale.spread,
            "weights": self._weights,
            "intercepts": self._intercepts,
        }

    @classmethod
    def from_arrays(cls, horizons, arrays) -> "LinearModel":
        scale = Scale(arrays["mean"], arrays["spread"])
        return cls(horizons, scale, arrays["weights"], arrays["intercepts"])


def train(matrix: np.ndarray, split: Split, log) -> LinearModel:
    from sklearn.linear_model import LinearRegression

    scale = Scale.of(matrix[split.train_rows(max(split.targets))])
    fits = []
    for horizon, targets in split.targets.items():
        rows = split.train_rows(horizon)
        fits.append(LinearRegression().fit(scale.apply(matrix[rows]), targets[rows]))
    weights = np.stack([fit.coef_ for fit in fits])
    return LinearModel(split.targets, scale, weights, np.array([fit.intercept_ for fit in fits]))
