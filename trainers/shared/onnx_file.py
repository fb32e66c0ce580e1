"""ONNX files that Hearth deploys: input `features` [rows, inputs], one output, and what it needs to know inside."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

OPSET = 17


class Graph:
    """Grows a graph from `features` on; `flow` is the name of what the last node gave."""

    def __init__(self):
        self.nodes = []
        self.constants = []
        self.flow = "features"

    def constant(self, values, dtype=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype), name))
        return name

    def add(self, operator, *others, first=None, **attributes):
        name = f"n{len(self.nodes)}"
        inputs = [self.flow if first is None else first, *others]
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        self.flow = name
        return name


def save(path, graph, inputs, outputs, metadata, check):
    """Writes the graph; `check` is (rows, expected): what the file answers must be what was learned."""
    kind = "probabilities" if metadata["task"] == "classification" else "value"
    graph.nodes[-1].output[0] = kind
    made = helper.make_graph(
        graph.nodes,
        metadata["architecture"],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["rows", inputs])],
        [helper.make_tensor_value_info(kind, TensorProto.FLOAT, ["rows", outputs])],
        graph.constants,
    )
    imports = [helper.make_opsetid("", OPSET)]
    write(path, helper.make_model(made, opset_imports=imports, producer_name="hearth"), metadata, check)


def write(path, model, metadata, check):
    model.ir_version = min(model.ir_version, 9)
    helper.set_model_props(model, {"hearth": json.dumps(metadata)})
    onnx.checker.check_model(model)
    rows, expected = check
    (answer,) = ReferenceEvaluator(model).run(None, {"features": np.asarray(rows, np.float32)})
    np.testing.assert_allclose(answer.reshape(expected.shape), expected, rtol=1e-3, atol=1e-3)
    onnx.save(model, path)


def describe(job, dataset, architecture, sizes, parameters, metrics, versions):
    """What a model says of itself, as Hearth's built-in trainers write it."""
    about = {
        "architecture": architecture,
        "sizes": sizes,
        "parameters": int(parameters),
        "metrics": metrics,
        "config": job.config,
        "versions": versions,
        "task": "classification" if dataset.classes else "regression",
        "target": dataset.target,
        "features": dataset.encodings,
    }
    if dataset.classes:
        about["classes"] = dataset.classes
    return about
