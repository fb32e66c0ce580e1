"""Accuracy as Hearth means it: the fraction of classes that are right, R² clipped to 0..1 for numbers."""

import numpy as np


def class_accuracy(predicted, truth):
    return float(np.mean(np.asarray(predicted) == np.asarray(truth)))


def r_squared(predicted, truth):
    truth = np.asarray(truth, np.float64)
    spread = float(np.sum((truth - truth.mean()) ** 2))
    if spread == 0:
        return 0.0
    missed = float(np.sum((np.asarray(predicted, np.float64) - truth) ** 2))
    return min(1.0, max(0.0, 1 - missed / spread))
