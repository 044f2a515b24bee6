"""Weights in eight bits.

Only weights are rounded, each output channel on a scale of its own; everything is computed in
float32. So nothing has to be calibrated, and every operator that float32 has runs. Rounding the
activations as well, as ONNX Runtime's own tools do, leaves the weights of half of the operators
here as they are (sliced, scaled and added up before they are used): the file stays too large.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

_FEWEST: Final = 1024  # values; smaller tensors stay: they are tables of logits, and save little
_LARGEST: Final = 127

Weights = npt.NDArray[np.float32]


def quantized(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of ``model`` whose large weights are int8, with a scale a channel."""
    small = onnx.ModelProto()
    small.CopyFrom(model)
    del small.graph.initializer[:], small.graph.node[:]
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim < 2 or values.size < _FEWEST:
            small.graph.initializer.append(tensor)
            continue
        rounded, scale, axis = _rounded(values)
        names = [f"{tensor.name}_int8", f"{tensor.name}_scale"]
        small.graph.initializer.append(numpy_helper.from_array(rounded, names[0]))
        small.graph.initializer.append(numpy_helper.from_array(scale, names[1]))
        small.graph.node.append(
            helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis)
        )
    small.graph.node.extend(model.graph.node)
    return small


def _rounded(values: Weights) -> tuple[npt.NDArray[np.int8], Weights, int]:
    """Values as int8, their scales, and the axis of the scales that loses least."""
    candidates = [_rounded_along(values, axis) for axis in range(values.ndim)]
    errors = [
        float(np.square(rounded * _along(scale, values, axis) - values).sum())
        for axis, (rounded, scale) in enumerate(candidates)
    ]
    axis = int(np.argmin(errors))
    return *candidates[axis], axis


def _rounded_along(values: Weights, axis: int) -> tuple[npt.NDArray[np.int8], Weights]:
    others = tuple(other for other in range(values.ndim) if other != axis)
    scale = np.maximum(np.abs(values).max(others) / _LARGEST, np.finfo(np.float32).tiny)
    rounded: npt.NDArray[Any] = np.round(values / _along(scale, values, axis))
    return rounded.clip(-_LARGEST, _LARGEST).astype(np.int8), scale.astype(np.float32)


def _along(scale: Weights, values: Weights, axis: int) -> Weights:
    shape = [1] * values.ndim
    shape[axis] = -1
    return scale.reshape(shape)
