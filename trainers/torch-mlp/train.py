"""Trains a multilayer perceptron with PyTorch, on as many GPUs and machines as the run has."""

import torch
from shared.dataset import load_dataset, standardisation
from shared.distributed import launch
from shared.job import run
from shared.torch_export import begin, export, linear
from shared.torch_fit import Fit
from torch import nn


class Perceptron(nn.Module):
    """Standardises its inputs, then layers of rectified units."""

    def __init__(self, dataset, width, depth, dropout):
        super().__init__()
        mean, deviation = standardisation(dataset.encodings)
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("deviation", torch.from_numpy(deviation))
        inputs = [len(mean)] + [width] * depth
        self.hidden = nn.ModuleList(nn.Linear(size, width) for size in inputs[:-1])
        self.output = nn.Linear(inputs[-1], dataset.outputs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, rows):
        x = (rows - self.mean) / self.deviation
        for layer in self.hidden:
            x = self.dropout(torch.relu(layer(x)))
        return self.output(x)


def main(job):
    launch(job.config.get("gpus", 0))
    torch.manual_seed(job.seed)
    dataset = load_dataset(job)
    width, depth = job.options["width"], job.options["layers"]
    fit = Fit(job, dataset, Perceptron(dataset, width, depth, job.options["dropout"]))
    figures = fit.run()
    if figures is None:
        return
    graph = begin(dataset)
    for layer in fit.model.hidden:
        linear(graph, layer)
        graph.add("Relu")
    linear(graph, fit.model.output)
    export(graph, fit, "torch-mlp", {"width": width, "layers": depth}, figures)


run(main)
