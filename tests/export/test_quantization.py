"""Weights in eight bits: close to what they were, and no more of them than pay."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from hrlctl.export.quantization import quantized
from hrlctl.runtime.model import session


def _product(weights: np.ndarray) -> onnx.ModelProto:
    rows, columns = weights.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", rows])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", columns])],
        [numpy_helper.from_array(weights, "w")],
    )
    opset = helper.make_opsetid("", 20)
    return helper.make_model(graph, opset_imports=[opset], ir_version=10)


def _run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    (y,) = session(model.SerializeToString(), where="here").run(["y"], {"x": x})
    return np.asarray(y)


def test_channels_of_very_different_sizes_keep_their_precision() -> None:
    rng = np.random.default_rng(0)
    sizes = 10.0 ** np.arange(-4, 4).repeat(8)
    weights = (rng.normal(size=(64, 64)) * sizes).astype(np.float32)
    x = rng.normal(size=(5, 64)).astype(np.float32)
    exact = x @ weights
    found = _run(quantized(_product(weights)), x)
    assert np.abs(found - exact).max(0).max() > 0
    relative = np.abs(found - exact).max(0) / np.abs(exact).max(0)
    assert relative.max() < 0.05


def test_a_large_weight_shrinks_to_a_quarter() -> None:
    weights = np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32)
    model = _product(weights)
    assert quantized(model).ByteSize() < 0.27 * model.ByteSize()
    (kept,) = model.graph.initializer
    assert np.array_equal(numpy_helper.to_array(kept), weights)


def test_small_tables_stay_as_they_are() -> None:
    model = _product(np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32))
    assert quantized(model) == model


def test_a_channel_of_zeros_stays_zero() -> None:
    weights = np.ones((64, 64), np.float32)
    weights[:, 3] = 0
    assert _run(quantized(_product(weights)), np.ones((1, 64), np.float32))[0, 3] == 0
