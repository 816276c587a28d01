"""Networks changed by their bytes, as onnxruntime then reads them."""

from __future__ import annotations

import numpy as np
import pytest

from tools.speech import graphs

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")


def network() -> bytes:
    """sum = double_output_0 + added, where double_output_0 = 2 given."""
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [
        helper.make_node("Add", ["given", "given"], ["double_output_0"]),
        helper.make_node("Add", ["double_output_0", "added"], ["sum"]),
    ]
    taken = [helper.make_tensor_value_info(name, kind, [1]) for name in ("given", "added")]
    result = [helper.make_tensor_value_info("sum", kind, ["all"])]
    graph = helper.make_graph(nodes, "sums", taken, result)
    opset = [helper.make_opsetid("", 15)]
    return bytes(helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString())


def test_more_inputs_outputs_and_nodes() -> None:
    changed = b"".join([
        graphs.renamed(network(), "reads", "added", "extra"),
        graphs.taken("many" * 50, "all"),
        graphs.node("Neg", ["many" * 50], "extra"),
        graphs.output("double_output_0"),
    ])  # fmt: skip
    one = np.ones(1, np.float32)
    given = {"given": one, "added": one, "many" * 50: np.array([1, 2, 3], np.float32)}
    total, double = graphs.run(graphs.opened(changed), given)
    assert total.tolist() == [1, 0, -1]
    assert double.tolist() == [2]


def test_a_node_that_is_not_there_is_not_renamed() -> None:
    with pytest.raises(ValueError, match="“absent”"):
        graphs.renamed(network(), "reads", "absent", "extras")
    with pytest.raises(ValueError, match="“added”"):
        graphs.renamed(network(), "reads", "added", "longer")
