"""The training loop of the PyTorch recipes for tables and images."""

import os
import time

import numpy as np
import torch
from shared.distributed import Team
from shared.job import Refused, log, tell
from shared.scores import class_accuracy, r_squared
from torch.nn import functional

OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "sgd": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr, momentum=0.9),
    "rmsprop": torch.optim.RMSprop,
    "adamw": torch.optim.AdamW,
}


def suited_loss(job, dataset):
    wished = job.config["loss_function"]
    if dataset.classes or wished in ("mse", "mae"):
        return wished
    if wished == "bce":
        raise Refused("The target is a number: bce needs classes. Use mse or mae.")
    log("The target is a number, for which cross_entropy has no meaning: training with mse.", "WARNING")
    return "mse"


def loss_of(name, scores, targets):
    """Mean loss of a batch; what a loss means for classes is as in the built-in trainers."""
    if targets.dtype == torch.int64:
        if name == "cross_entropy":
            return functional.cross_entropy(scores, targets)
        truth = functional.one_hot(targets, scores.shape[1]).to(scores.dtype)
        if name == "bce":
            return functional.binary_cross_entropy_with_logits(scores, truth)
        scores, targets = functional.softmax(scores, 1), truth
    else:
        scores = scores.squeeze(1)
    return functional.l1_loss(scores, targets) if name == "mae" else functional.mse_loss(scores, targets)


class Fit:
    """Model, optimiser and data of a run."""

    def __init__(self, job, dataset, model):
        self.job = job
        self.dataset = dataset
        self.loss = suited_loss(job, dataset)
        self.team = Team(job.config.get("gpus", 0))
        self.model = model.to(self.team.device)
        self.shared = self.team.share(self.model)
        make = OPTIMIZERS[job.config["optimizer"]]
        self.optimizer = make(self.model.parameters(), lr=job.config["learning_rate"])
        # A number is learned in units of its deviation over the training rows.
        is_number = dataset.classes is None
        self.scale = (float(dataset.y.mean()), float(dataset.y.std()) or 1.0) if is_number else (0.0, 1.0)
        if job.resume_from:
            self._restore(job.resume_from)

    def run(self):
        """Trains to the last epoch; the figures of it, or None where the program was told to stop."""
        job, team = self.job, self.team
        training = self._tensors(self.dataset.x, self.dataset.y)
        figures = {}
        if team.leads:
            tell(params={"weights": self.count, "machines": int(os.environ.get("NNODES", "1"))})
        for epoch in range(job.epochs_done + 1, job.epochs + 1):
            began = time.monotonic()
            if not self._epoch(epoch, *training):
                if team.leads and epoch > 1:
                    job.offer_checkpoint(epoch - 1, self._save)
                break
            if team.leads:
                figures = self._measure()
                job.tell_epoch(epoch, time.monotonic() - began, **figures)
                job.offer_checkpoint(epoch, self._save)
        stopped = team.any(job.is_told_to_stop)
        team.close()
        return None if stopped or not team.leads else figures

    @property
    def count(self):
        return sum(parameter.numel() for parameter in self.model.parameters())

    def _tensors(self, x, y):
        mean, deviation = self.scale
        targets = y if self.dataset.classes else (y - mean) / deviation
        device = self.team.device
        return torch.from_numpy(x).to(device), torch.from_numpy(np.asarray(targets, y.dtype)).to(device)

    def _epoch(self, epoch, x, y):
        """False where somebody of the team is told to stop: all of it stops at the same step."""
        team, size = self.team, self.job.config["batch_size"]
        generator = torch.Generator().manual_seed(self.job.seed * 1000 + epoch)
        order = torch.randperm(len(x), generator=generator)
        # Every process takes its part of each step, and all take equally many steps.
        each = max(1, size // team.size)
        self.shared.train()
        for step, start in enumerate(range(0, len(order), each * team.size)):
            batch = order[start : start + each * team.size]
            own = batch[team.rank :: team.size]
            if len(own) == 0:
                own = batch[:1]
            own = own.to(team.device)
            self.optimizer.zero_grad()
            loss = loss_of(self.loss, self.shared(x[own]), y[own])
            if not torch.isfinite(loss):
                rate = self.job.config["learning_rate"]
                raise Refused(f"The loss stopped being a number in epoch {epoch}: try a learning rate below {rate}.")
            loss.backward()
            self.optimizer.step()
            if step % 10 == 0 and team.any(self.job.is_told_to_stop):
                return False
        return not team.any(self.job.is_told_to_stop)

    @torch.no_grad()
    def answer(self, x):
        """Raw scores [n, outputs] as the model gives them."""
        self.model.eval()
        parts = torch.from_numpy(x).split(1024)
        return torch.cat([self.model(part.to(self.team.device)).cpu() for part in parts])

    def _measure(self):
        values = {}
        parts = {"": (self.dataset.x, self.dataset.y), "val_": (self.dataset.held_x, self.dataset.held_y)}
        for prefix, (x, y) in parts.items():
            scores = self.answer(x)
            targets = self._tensors(x[:0], y)[1].cpu()
            values[f"{prefix}loss"] = float(loss_of(self.loss, scores, targets))
            score = class_accuracy if self.dataset.classes else r_squared
            predicted = scores.argmax(1) if self.dataset.classes else scores.squeeze(1)
            values[f"{prefix}accuracy"] = score(predicted.numpy(), targets.numpy())
        return values

    def _save(self, path):
        torch.save({"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}, path)

    def _restore(self, path):
        kept = torch.load(path, map_location=self.team.device, weights_only=True)
        try:
            self.model.load_state_dict(kept["model"])
        except RuntimeError as error:
            raise Refused("The checkpoint is of a model of another shape: data and options must be the same.") from error
        if self.job.epochs_done > 0:
            self.optimizer.load_state_dict(kept["optimizer"])
        log(f"Going on after epoch {self.job.epochs_done}, from {path}.", "DEBUG")
