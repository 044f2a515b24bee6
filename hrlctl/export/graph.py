"""From a policy to an ONNX graph."""

from __future__ import annotations

import warnings

import onnx
import torch

from hrlctl.env.action import NUM_SLOTS
from hrlctl.env.arrays import CONTEXT_FEATURES
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH
from hrlctl.export.agent import AgentInputs, AgentOutputs, GreedyAgent, state_tensor
from hrlctl.policy.hierarchical import HierarchicalPolicy

_EXAMPLES = 2  # a batch of one would be taken for a size that never changes


def to_graph(policy: HierarchicalPolicy, width: int, height: int) -> onnx.ModelProto:
    """The whole agent as an ONNX graph; the batch's size is free, the screen's is fixed.

    Args:
        policy: what is exported; it stays as it is.
        width, height: of the screen in pixels.
    """
    agent = GreedyAgent(policy).eval()
    batch = torch.export.Dim("batch")
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about its own workings
        program = torch.export.export(
            agent,
            tuple(_example(policy, width, height)),
            dynamic_shapes=({0: batch},) * len(AgentInputs._fields),
            strict=False,
        )
        exported = torch.onnx.export(
            program,
            dynamo=True,
            verbose=False,
            input_names=AgentInputs._fields,
            output_names=AgentOutputs._fields,
        )
    assert exported is not None  # None only where a file is written at once
    return _bare(exported.model_proto)


def _example(policy: HierarchicalPolicy, width: int, height: int) -> AgentInputs:
    bytes_of = torch.uint8
    return AgentInputs(
        torch.zeros(_EXAMPLES, height, width, 3, dtype=bytes_of),
        torch.ones(_EXAMPLES, INSTRUCTION_LENGTH, dtype=bytes_of),
        torch.ones(_EXAMPLES, NUM_SLOTS, SLOT_LENGTH, dtype=bytes_of),
        torch.zeros(_EXAMPLES, CONTEXT_FEATURES),
        state_tensor(policy.initial_state(_EXAMPLES)),
    )


def _bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without the exporter's notes on where in the source each node comes from.

    They would be most of a small model's file, and they name folders of this machine.
    """
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    for noted in (*model.graph.node, *model.graph.initializer, *model.functions):
        del noted.metadata_props[:]
        noted.doc_string = ""
    names = {output.name for output in model.graph.output}
    names |= {value.name for value in model.graph.input}
    short: dict[str, str] = {name: name for name in names} | {"": ""}
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    for tensor in model.graph.initializer:
        tensor.name = short.setdefault(tensor.name, f"w{len(short)}")
    for index, node in enumerate(model.graph.node):
        node.name = f"n{index}"
        for places in (node.input, node.output):
            for place, name in enumerate(places):
                places[place] = short.setdefault(name, f"v{len(short)}")
    return model
