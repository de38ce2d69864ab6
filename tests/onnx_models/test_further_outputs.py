"""Feature maps of an ONNX file, whose graph is given further outputs."""

import json
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx.reference import ReferenceEvaluator

from tenfold.data import Dataset
from tenfold.errors import ModelError
from tenfold.onnx_models.further_outputs import with_outputs
from tenfold.reader import Reader
from tenfold.reader.network import FEATURE_MAPS
from tenfold.reader.reader import BUNDLED_MODEL


@given(names=st.lists(st.text(), max_size=300))
def test_appended_outputs_are_those_that_the_onnx_library_reads(names: list[str]) -> None:
    model = BUNDLED_MODEL.read_bytes()
    before, after = (onnx.load_from_string(each) for each in (model, with_outputs(model, names)))
    expected = [output.name for output in before.graph.output] + names

    assert [output.name for output in after.graph.output] == expected
    del after.graph.output[1:]
    assert after == before


def test_feature_maps_are_what_the_reference_implementation_computes(mnist: Dataset) -> None:
    image = mnist.x_test[0]
    model = onnx.load(BUNDLED_MODEL)
    properties = {each.key: each.value for each in model.metadata_props}
    names = json.loads(properties[FEATURE_MAPS])
    for name in names:
        model.graph.output.append(onnx.ValueInfoProto(name=name))
    x = image[None, :, :, None].astype(np.float32) / 255
    _, *expected = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})
    found = Reader().feature_maps(image)

    assert len(found) == len(names) == 5
    for ours, theirs in zip(found, expected, strict=True):
        assert np.allclose(ours, theirs[0], atol=1e-4)


def test_a_file_that_names_none_has_none(small_reader: Reader, mnist: Dataset) -> None:
    assert small_reader.feature_maps(mnist.x_test[0]) == []


@pytest.mark.parametrize("named", ["no JSON", '{"a": 1}', "[1, 2]", '["nothing of that name"]'])
def test_names_that_mean_nothing_are_refused(
    small_model: Any, tmp_path: Any, mnist: Dataset, named: str
) -> None:
    model = small_model.onnx(small_model.weights)
    onnx.helper.set_model_props(model, {FEATURE_MAPS: named})
    reader = Reader(small_model.other(tmp_path, model.SerializeToString()))

    assert reader.probabilities(mnist.x_test[:1]).shape == (1, 11)
    with pytest.raises(ModelError, match=r"feature maps|cannot be used"):
        reader.feature_maps(mnist.x_test[0])
