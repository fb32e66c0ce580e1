"""Trained networks for tables and images as ONNX, written node by node."""

import sys

import numpy as np
import onnx
import torch
from shared.dataset import standardisation
from shared.job import tell
from shared.onnx_file import Graph, describe, save


def numbers(tensor):
    return tensor.detach().cpu().numpy()


def begin(dataset):
    """A graph that standardises its inputs."""
    mean, deviation = standardisation(dataset.encodings)
    graph = Graph()
    graph.add("Sub", graph.constant(mean))
    graph.add("Div", graph.constant(deviation))
    return graph


def linear(graph, layer):
    graph.add("Gemm", graph.constant(numbers(layer.weight)), graph.constant(numbers(layer.bias)), transB=1)


def finish(graph, fit):
    """Scores become probabilities, or the value in the target's own unit; gives the same of scores in hand."""
    if fit.dataset.classes is None:
        mean, deviation = fit.scale
        graph.add("Mul", graph.constant([deviation]))
        graph.add("Add", graph.constant([mean]))
        return lambda scores: scores * deviation + mean
    if fit.loss != "bce":
        graph.add("Softmax", axis=1)
        return lambda scores: torch.softmax(scores, 1)
    votes = graph.add("Sigmoid")
    total = graph.add("ReduceSum", graph.constant([1], np.int64), keepdims=1)
    graph.add("Div", total, first=votes)
    return lambda scores: torch.sigmoid(scores) / torch.sigmoid(scores).sum(1, keepdim=True)


def export(graph, fit, architecture, sizes, metrics):
    job, dataset = fit.job, fit.dataset
    meaning = finish(graph, fit)
    versions = {"torch": torch.__version__, "onnx": onnx.__version__, "python": sys.version.split()[0]}
    about = describe(job, dataset, architecture, sizes, fit.count, metrics, versions)
    rows = dataset.held_x[:50]
    check = (rows, meaning(fit.answer(rows)).numpy())
    save(job.output / "model.onnx", graph, dataset.x.shape[1], dataset.outputs, about, check)
    torch.save(fit.model.state_dict(), job.output / "model.pt")
    tell(result=about)
