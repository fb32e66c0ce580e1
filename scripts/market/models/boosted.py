"""Gradient-boosted regression trees (Friedman: Greedy Function Approximation, 2001; half of the rows for each tree,
Friedman: Stochastic Gradient Boosting, 2002), one ensemble for each horizon.

A trained ensemble is kept as the numbers of its trees: for each node the input it looks at (-2 for a leaf), the
threshold, its two children and its value. Input <= threshold goes left, the input rounded to 32 bits first, as
scikit-learn does.
"""

from __future__ import annotations

import numpy as np

from ..inputs import Split

KIND = "boosted"
SEED = 7
_PARTS = ("feature", "threshold", "left", "right", "value")


def library() -> str:
    import sklearn

    return f"scikit-learn {sklearn.__version__}"


class BoostedModel:
    def __init__(self, horizons, ensembles: list[dict[str, np.ndarray]]):
        self.horizons = tuple(horizons)
        self._ensembles = ensembles

    def predict(self, matrix: np.ndarray, rows: np.ndarray, horizon: int) -> np.ndarray:
        ensemble = self._ensembles[self.horizons.index(horizon)]
        inputs = matrix[rows].astype(np.float32)
        told = np.full(len(inputs), float(ensemble["base"][0]))
        for root in ensemble["roots"].tolist():
            told += ensemble["value"][_leaves(ensemble, inputs, root)]
        return told

    def arrays(self) -> dict[str, np.ndarray]:
        return {
            f"{horizon}.{name}": values
            for horizon, ensemble in zip(self.horizons, self._ensembles)
            for name, values in ensemble.items()
        }

    @classmethod
    def from_arrays(cls, horizons, arrays) -> "BoostedModel":
        names = ("base", "roots", *_PARTS)
        return cls(horizons, [{name: arrays[f"{horizon}.{name}"] for name in names} for horizon in horizons])


def _leaves(ensemble: dict[str, np.ndarray], inputs: np.ndarray, root: int) -> np.ndarray:
    node = np.full(len(inputs), root)
    while True:
        feature = ensemble["feature"][node]
        inner = feature >= 0
        if not inner.any():
            return node
        value = inputs[np.arange(len(inputs)), np.where(inner, feature, 0)]
        below = value <= ensemble["threshold"][node]
        child = np.where(below, ensemble["left"][node], ensemble["right"][node])
        node = np.where(inner, child, node)


def regressor(count: int):
    """Cautious, since prices are mostly noise: shallow trees, small steps, large leaves; the same on every run."""
    from sklearn.ensemble import GradientBoostingRegressor

    return GradientBoostingRegressor(
        n_estimators=100,
        max_depth=3,
        learning_rate=0.03,
        subsample=0.5,
        max_features=0.5,
        min_samples_leaf=max(20, count // 100),
        random_state=SEED,
    )


def train(matrix: np.ndarray, split: Split, log) -> BoostedModel:
    ensembles = []
    for horizon, targets in split.targets.items():
        rows = split.train_rows(horizon)
        fit = regressor(len(rows)).fit(matrix[rows], targets[rows])
        ensembles.append(_numbers_of(fit, float(targets[rows].mean())))
        log(f"Boosted trees for {horizon} bars ahead: {len(rows)} rows, {len(fit.estimators_)} trees.")
    return BoostedModel(split.targets, ensembles)


def _numbers_of(fit, base: float) -> dict[str, np.ndarray]:
    parts = {name: [] for name in _PARTS}
    roots, offset = [], 0
    for tree in (stage[0].tree_ for stage in fit.estimators_):
        roots.append(offset)
        parts["feature"].append(tree.feature.astype(np.int32))
        parts["threshold"].append(tree.threshold)
        # Leaves have -1 for children; they are never followed.
        parts["left"].append((tree.children_left + offset).astype(np.int32))
        parts["right"].append((tree.children_right + offset).astype(np.int32))
        parts["value"].append(fit.learning_rate * tree.value[:, 0, 0])
        offset += tree.node_count
    numbers = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    return {**numbers, "base": np.array([base]), "roots": np.array(roots, dtype=np.int32)}
