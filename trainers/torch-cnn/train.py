"""Trains a small convolutional network with PyTorch on images: rows of pixels, arrays, or files in folders."""

import math

import torch
from shared.dataset import load_dataset, standardisation
from shared.distributed import launch
from shared.job import Refused, log, run
from shared.torch_export import begin, export, linear, numbers
from shared.torch_fit import Fit
from torch import nn


def shape_of(job, dataset):
    """(height, width, channels) of the rows; a table's rows are square grey images, line by line."""
    if dataset.shape:
        return dataset.shape
    pixels = dataset.x.shape[1]
    side = math.isqrt(pixels)
    if side * side != pixels or any(it["kind"] != "number" for it in dataset.encodings):
        raise Refused(f"The table's {pixels} inputs are no square image of grey values.")
    return (side, side, 1)


class Network(nn.Module):
    """Two stages of convolution and pooling, then a hidden layer."""

    def __init__(self, dataset, shape, filters, dropout):
        super().__init__()
        mean, deviation = standardisation(dataset.encodings)
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("deviation", torch.from_numpy(deviation))
        self.height, self.width, self.channels = shape
        self.first = nn.Conv2d(self.channels, filters, 3, padding=1)
        self.second = nn.Conv2d(filters, filters * 2, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        left = (self.height // 4) * (self.width // 4) * filters * 2
        self.hidden = nn.Linear(left, 128)
        self.output = nn.Linear(128, dataset.outputs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, rows):
        x = (rows - self.mean) / self.deviation
        x = x.reshape(-1, self.height, self.width, self.channels).permute(0, 3, 1, 2)
        for layer in (self.first, self.second):
            x = self.pool(torch.relu(layer(x)))
        return self.output(self.dropout(torch.relu(self.hidden(x.flatten(1)))))


def graph_of(model, dataset):
    graph = begin(dataset)
    shape = [-1, model.height, model.width, model.channels]
    graph.add("Reshape", graph.constant(shape, "int64"))
    graph.add("Transpose", perm=[0, 3, 1, 2])
    for layer in (model.first, model.second):
        weights = graph.constant(numbers(layer.weight)), graph.constant(numbers(layer.bias))
        graph.add("Conv", *weights, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        graph.add("Relu")
        graph.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    graph.add("Flatten", axis=1)
    linear(graph, model.hidden)
    graph.add("Relu")
    linear(graph, model.output)
    return graph


def main(job):
    launch(job.config.get("gpus", 0))
    torch.manual_seed(job.seed)
    dataset = load_dataset(job)
    shape = shape_of(job, dataset)
    if min(shape[:2]) < 4:
        raise Refused(f"Images of {shape[1]}×{shape[0]} are too small: 4×4 is the least.")
    log(f"The images are {shape[1]}×{shape[0]} with {shape[2]} channels.")
    filters = job.options["filters"]
    fit = Fit(job, dataset, Network(dataset, shape, filters, job.options["dropout"]))
    figures = fit.run()
    if figures is not None:
        export(graph_of(fit.model, dataset), fit, "torch-cnn", {"filters": filters, "image": shape}, figures)


run(main)
