"""Trains a scikit-learn model on a table, in stages that are reported as epochs, and exports it as ONNX."""

import sys
import time
import warnings

import joblib
import numpy as np
import onnx
import sklearn
from shared.dataset import load_dataset
from shared.job import Refused, log, run, tell
from shared.onnx_file import describe, write
from shared.scores import class_accuracy, r_squared
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Linear:
    """Logistic or linear regression by stochastic gradient descent: an epoch is a pass over the rows."""

    def __init__(self, job, dataset):
        common = {"learning_rate": "adaptive", "eta0": job.config["learning_rate"], "random_state": job.seed}
        self.scaler = StandardScaler().fit(dataset.x)
        self.classes = np.arange(dataset.outputs) if dataset.classes else None
        self.model = SGDClassifier(loss="log_loss", **common) if dataset.classes else SGDRegressor(**common)
        # Numbers are learned in units of their deviation, as the rate is meant; the fitted line is scaled back.
        self.scale = (0.0, 1.0) if dataset.classes else (float(dataset.y.mean()), float(dataset.y.std()) or 1.0)

    def epoch(self, dataset, _epoch):
        mean, deviation = self.scale
        order = np.random.default_rng(_epoch).permutation(len(dataset.x))
        x = self.scaler.transform(dataset.x[order])
        if self.classes is not None:
            self.model.partial_fit(x, dataset.y[order], classes=self.classes)
        else:
            self.model.partial_fit(x, (dataset.y[order] - mean) / deviation)

    def go_on(self, job):
        self.model.set_params(eta0=job.config["learning_rate"])

    def finished(self):
        mean, deviation = self.scale
        if self.classes is None:
            self.model.coef_ = self.model.coef_ * deviation
            self.model.intercept_ = self.model.intercept_ * deviation + mean
            self.scale = (0.0, 1.0)
        return make_pipeline(self.scaler, self.model)

    def answer(self, x):
        x = self.scaler.transform(x)
        if self.classes is not None:
            return self.model.predict_proba(x)
        return self.model.predict(x) * self.scale[1] + self.scale[0]

    @property
    def size(self):
        return self.model.coef_.size + self.model.intercept_.size


class Trees:
    """A forest, or boosted trees: an epoch adds its share of the trees to those there are."""

    def __init__(self, job, dataset, kind):
        self.trees = job.options["trees"]
        self.epochs = job.epochs
        if self.trees < self.epochs:
            raise Refused(f"An epoch adds a tree at least: {self.epochs} epochs need {self.epochs} trees or more.")
        # Trees of the session that this one began with.
        self.before = 0
        depth = job.options["depth"] or None
        common = {"warm_start": True, "n_estimators": 1, "random_state": job.seed}
        if kind == "forest":
            make = RandomForestClassifier if dataset.classes else RandomForestRegressor
            self.model = make(max_depth=depth, n_jobs=-1, **common)
        else:
            make = GradientBoostingClassifier if dataset.classes else GradientBoostingRegressor
            self.model = make(max_depth=depth or 3, learning_rate=job.config["learning_rate"], **common)

    def epoch(self, dataset, epoch):
        self.model.set_params(n_estimators=self.before + round(self.trees * epoch / self.epochs))
        self.model.fit(dataset.x, dataset.y)

    def go_on(self, job):
        if job.epochs_done == 0:
            self.before = len(self.model.estimators_)
            self.trees, self.epochs = job.options["trees"], job.epochs

    def finished(self):
        return self.model

    def answer(self, x):
        return self.model.predict_proba(x) if hasattr(self.model, "predict_proba") else self.model.predict(x)

    @property
    def size(self):
        return sum(tree.tree_.node_count for tree in np.ravel(self.model.estimators_))


def loss_name(job, dataset):
    wished = job.config["loss_function"]
    if dataset.classes:
        if wished != "cross_entropy":
            log(f"This recipe tells the loss of classes as cross_entropy, not {wished}.", "WARNING")
        return "cross_entropy"
    if wished == "bce":
        raise Refused("The target is a number: bce needs classes. Use mse or mae.")
    return "mae" if wished == "mae" else "mse"


def measure(trainer, dataset, loss, x, y):
    answer = trainer.answer(x)
    if dataset.classes:
        labels = np.arange(dataset.outputs)
        return float(log_loss(y, np.clip(answer, 1e-7, 1), labels=labels)), class_accuracy(answer.argmax(1), y)
    error = mean_absolute_error if loss == "mae" else mean_squared_error
    return float(error(y, answer)), r_squared(answer, y)


def export(job, dataset, trainer, kind, metrics):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    model = trainer.finished()
    inputs = [("features", FloatTensorType([None, dataset.x.shape[1]]))]
    settings = {id(model): {"zipmap": False}} if dataset.classes else None
    converted = convert_sklearn(model, initial_types=inputs, options=settings, target_opset=17)
    wanted = "probabilities" if dataset.classes else converted.graph.output[0].name
    for output in [it for it in converted.graph.output if it.name != wanted]:
        converted.graph.output.remove(output)
    sizes = {"kind": kind} if kind == "linear" else {"kind": kind, "trees": trainer.trees}
    versions = {"scikit-learn": sklearn.__version__, "onnx": onnx.__version__, "python": sys.version.split()[0]}
    about = describe(job, dataset, "sklearn-tabular", sizes, trainer.size, metrics, versions)
    rows = dataset.held_x[:50]
    expected = model.predict_proba(rows) if dataset.classes else model.predict(rows)
    write(job.output / "model.onnx", converted, about, (rows, np.asarray(expected)))
    tell(result=about)


def main(job):
    warnings.filterwarnings("ignore", category=FutureWarning)
    dataset = load_dataset(job)
    kind = job.options["model"]
    loss = loss_name(job, dataset)
    tell(params={"rows": len(dataset.x), "inputs": dataset.x.shape[1]})
    log("batch_size and optimizer have no meaning for scikit-learn's models.", "DEBUG")
    trainer = Linear(job, dataset) if kind == "linear" else Trees(job, dataset, kind)
    if job.resume_from:
        trainer = joblib.load(job.resume_from)
        trainer.go_on(job)
        log(f"Going on after epoch {job.epochs_done}.")
    metrics = {}
    for epoch in range(job.epochs_done + 1, job.epochs + 1):
        began = time.monotonic()
        trainer.epoch(dataset, epoch)
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        held = measure(trainer, dataset, loss, dataset.held_x, dataset.held_y)
        metrics = dict(zip(names, (*measure(trainer, dataset, loss, dataset.x, dataset.y), *held), strict=True))
        job.tell_epoch(epoch, time.monotonic() - began, **metrics)
        job.offer_checkpoint(epoch, lambda path: joblib.dump(trainer, path))
        if job.is_told_to_stop:
            return
    export(job, dataset, trainer, kind, metrics)


run(main)
