"""What a recipe's program is told, and what it tells: one JSON object a line on stdout (docs/en/recipes.md)."""

import json
import os
import signal
import sys
import time
from pathlib import Path


class Refused(Exception):
    """Data or settings that this recipe cannot learn from; the message is for the person who started the run."""


class Job:
    """The order of this run, read from the file that HEARTH_CONFIG names."""

    def __init__(self, order):
        self.config = order["config"]
        self.options = order["options"]
        self.dataset = Path(order["dataset"]["path"])
        self.format = order["dataset"]["format"]
        self.output = Path(order["output_dir"])
        self.checkpoints = Path(order["checkpoint_dir"])
        self.resume_from = order["resume_from"]
        # Epochs that this session has behind it: it goes on with the next one.
        self.epochs_done = order["resume_epoch"]
        self.seed = self.config.get("seed", 0)
        self.is_told_to_stop = False
        self._checkpoint_at = time.monotonic()
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_):
        self.is_told_to_stop = True

    @property
    def epochs(self):
        return self.config["epochs"]

    def tell_epoch(self, epoch, seconds, loss, accuracy, val_loss=None, val_accuracy=None):
        values = {"loss": loss, "accuracy": accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}
        known = {key: value for key, value in values.items() if value is not None}
        tell(metrics=known, step=epoch, progress={"done": epoch, "total": self.epochs, "unit": "epochs"})
        figures = ", ".join(f"{key} {value:.4f}" for key, value in known.items())
        log(f"Epoch {epoch} of {self.epochs}: {figures}; {seconds:.1f} s")

    def offer_checkpoint(self, epoch, write, every_seconds=10):
        """Writes a checkpoint where the last is old enough or the program shall stop, and hands it over."""
        is_due = time.monotonic() - self._checkpoint_at >= every_seconds
        if not (is_due or self.is_told_to_stop):
            return
        name = f"epoch-{epoch}-{time.monotonic_ns()}"
        write(self.checkpoints / name)
        tell(checkpoint=name, epoch=epoch)
        self._checkpoint_at = time.monotonic()


def tell(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def log(message, level="INFO"):
    tell(log=message, level=level)


def run(main):
    """Reads the order and runs `main(job)`; 143 is the code of a program that stopped because it was told to."""
    with open(os.environ["HEARTH_CONFIG"], encoding="utf-8") as file:
        job = Job(json.load(file))
    try:
        main(job)
    except Refused as refused:
        tell(error=str(refused))
        sys.exit(2)
    sys.exit(143 if job.is_told_to_stop else 0)
