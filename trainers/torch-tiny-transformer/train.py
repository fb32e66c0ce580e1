"""Trains a small language model of llama's shape on one text, and exports it as GGUF for llama.cpp."""

import math
import sys
import time

import torch
from llama import Llama, export
from shared.job import Refused, log, run, tell
from text import Vocabulary, bigram_loss, read_text, split
from torch.nn import functional


def make_model(job, vocabulary):
    sizes = {name: job.options[name] for name in ("context", "width", "layers", "heads")}
    groups = job.options["kv_heads"] or sizes["heads"]
    if sizes["width"] % (2 * sizes["heads"]) or sizes["heads"] % groups:
        raise Refused("width must be a multiple of twice heads, and heads a multiple of kv_heads.")
    torch.manual_seed(job.seed)
    return Llama(len(vocabulary), groups=groups, **sizes)


def optimizer_of(job, model):
    rate = job.config["learning_rate"]
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}
    if job.config["optimizer"] == "sgd":
        return torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    return kinds[job.config["optimizer"]](model.parameters(), lr=rate)


def rate_at(base, step, total):
    """Warms up over a twentieth of the run, at most 50 steps, then falls along a cosine to a tenth."""
    warm_up = min(50, math.ceil(total / 20))
    if step <= warm_up:
        return base * step / warm_up
    progress = (step - warm_up) / max(1, total - warm_up)
    return base * (0.1 + 0.45 * (1 + math.cos(math.pi * progress)))


class Trainer:
    def __init__(self, job, text):
        held = job.config.get("validation_fraction", 0.2)
        self.job = job
        self.context = job.options["context"]
        head, tail = split(text, held, self.context)
        self.vocabulary = Vocabulary.of(head)
        self.training = torch.from_numpy(self.vocabulary.encode(head))
        self.held = torch.from_numpy(self.vocabulary.encode(tail))
        self.batch = job.config["batch_size"]
        usual = max(1, len(self.training) // (self.context * self.batch))
        self.steps = job.config.get("steps_per_epoch", usual)
        uses_gpu = job.config.get("gpus", 0) > 0 and torch.cuda.is_available()
        self.device = torch.device("cuda" if uses_gpu else "cpu")
        self.model = make_model(job, self.vocabulary).to(self.device)
        self.optimizer = optimizer_of(job, self.model)
        log(
            f"Learning from {len(head)} characters ({len(self.vocabulary.characters)} different), "
            f"{len(tail)} held out; {self.steps} steps an epoch."
        )

    def restore(self, path):
        kept = torch.load(path, map_location=self.device, weights_only=True)
        if kept["characters"] != self.vocabulary.characters:
            raise Refused("The checkpoint knows other characters than this text: the data set must be the same.")
        try:
            self.model.load_state_dict(kept["model"])
        except RuntimeError as error:
            raise Refused("The checkpoint is of a model of another shape: the options must be the same.") from error
        if self.job.epochs_done > 0:
            self.optimizer.load_state_dict(kept["optimizer"])

    def save(self, path):
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save({**state, "characters": self.vocabulary.characters}, path)

    def loss(self, windows):
        scores = self.model(windows[:, :-1])
        truth = windows[:, 1:]
        loss = functional.cross_entropy(scores.reshape(-1, scores.shape[-1]), truth.reshape(-1))
        return loss, (scores.argmax(-1) == truth).float().mean()

    def epoch(self, epoch):
        """Mean loss and accuracy over the epoch's steps; None where the program is told to stop in it."""
        generator = torch.Generator().manual_seed(self.job.seed * 1000 + epoch)
        self.model.train()
        sums = [0.0, 0.0]
        told = time.monotonic()
        for step in range(1, self.steps + 1):
            starts = torch.randint(len(self.training) - self.context, (self.batch,), generator=generator)
            windows = torch.stack([self.training[at : at + self.context + 1] for at in starts.tolist()])
            overall = (epoch - 1) * self.steps + step
            for group in self.optimizer.param_groups:
                group["lr"] = rate_at(self.job.config["learning_rate"], overall, self.steps * self.job.epochs)
            self.optimizer.zero_grad()
            loss, accuracy = self.loss(windows.to(self.device))
            if not torch.isfinite(loss):
                raise Refused(f"The loss stopped being a number in epoch {epoch}: try a smaller learning rate.")
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            sums[0] += loss.item()
            sums[1] += accuracy.item()
            if time.monotonic() - told > 0.5:
                told = time.monotonic()
                tell(metrics={"step_loss": loss.item()}, step=overall)
            if self.job.is_told_to_stop:
                return None
        return [it / self.steps for it in sums]

    @torch.no_grad()
    def measure(self):
        """Loss and accuracy on the held-out text, read once, window after window."""
        self.model.eval()
        context = min(self.context, len(self.held) - 1)
        if context < 1:
            return None, None
        count = (len(self.held) - 1) // context
        windows = [self.held[at * context : (at + 1) * context + 1] for at in range(count)]
        sums = [0.0, 0.0]
        for part in torch.stack(windows).split(64):
            loss, accuracy = self.loss(part.to(self.device))
            sums[0] += loss.item() * len(part)
            sums[1] += accuracy.item() * len(part)
        return [it / count for it in sums]


def finish(trainer, figures):
    job, model = trainer.job, trainer.model
    export(job.output / "model.gguf", model, trainer.vocabulary, job.config["model_architecture"])
    torch.save(model.state_dict(), job.output / "model.pt")
    floor = bigram_loss(trainer.training.numpy(), trainer.held.numpy(), len(trainer.vocabulary))
    if figures["val_loss"] is not None:
        log(f"A bigram model of the same text has a held-out loss of {floor:.4f}; this one {figures['val_loss']:.4f}.")
    result = {
        "architecture": job.config["model_architecture"],
        "task": "text-generation",
        "sizes": {**model.sizes, "hidden": model.hidden},
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "context_length": trainer.context,
        "vocabulary": trainer.vocabulary.characters,
        "metrics": {**figures, "bigram_loss": floor},
        "config": job.config,
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
    }
    tell(metrics={"bigram_loss": floor}, step=job.epochs, result=result)


def main(job):
    if job.config["loss_function"] != "cross_entropy":
        raise Refused("A text is learned with cross_entropy.")
    trainer = Trainer(job, read_text(job.dataset))
    if job.resume_from:
        trainer.restore(job.resume_from)
    # Where all epochs were done before, only the files are written.
    figures = {} if job.epochs_done < job.epochs else dict(zip(("val_loss", "val_accuracy"), trainer.measure(), strict=True))
    for epoch in range(job.epochs_done + 1, job.epochs + 1):
        began = time.monotonic()
        training = trainer.epoch(epoch)
        if training is None:
            if epoch > 1:
                job.offer_checkpoint(epoch - 1, trainer.save)
            return
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        figures = dict(zip(names, (*training, *trainer.measure()), strict=True))
        job.tell_epoch(epoch, time.monotonic() - began, **figures)
        job.offer_checkpoint(epoch, trainer.save)
        if job.is_told_to_stop:
            return
    finish(trainer, figures)


run(main)
