"""A trained network as an MLflow model: the ONNX file and its signature."""

import re
from typing import Any

import mlflow
import mlflow.onnx
import numpy as np
import onnx
from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus
from mlflow.models import Model, ModelSignature
from mlflow.types import Schema, TensorSpec

from tenfold.runs.run import Run


def send_model(client: MlflowClient, experiment: str, known: str, run: Run, step: int) -> None:
    """Send the network of `run` as a model of the MLflow run `known`, unless it is there.

    The model inherits the metrics at `step`. The remains of an interrupted upload are deleted.
    """
    for model in client.search_logged_models([experiment], f"source_run_id = '{known}'"):
        if model.status == LoggedModelStatus.READY:
            return
        client.delete_logged_model(model.model_id)
    network = onnx.load(run.onnx_path)
    mlflow.set_experiment(experiment_id=experiment)  # new models go to the current one
    Model.log(
        artifact_path=None,
        name=re.sub(r"[^\w-]", "-", run.path.resolve().name),
        flavor=mlflow.onnx,
        run_id=known,
        step=step,
        onnx_model=network,
        save_as_external_data=False,
        signature=_signature(network),
        pip_requirements=mlflow.onnx.get_default_pip_requirements(),
    )


def _signature(network: onnx.ModelProto) -> ModelSignature:
    """The network's inputs and outputs; -1 stands for any length."""
    inputs, outputs = (
        Schema([TensorSpec(_dtype(value), _shape(value)) for value in values])
        for values in (network.graph.input, network.graph.output)
    )
    return ModelSignature(inputs=inputs, outputs=outputs)


def _dtype(value: onnx.ValueInfoProto) -> "np.dtype[Any]":
    dtype: np.dtype[Any] = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
    return dtype


def _shape(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    return tuple(
        size.dim_value if size.HasField("dim_value") else -1 for size in value.type.tensor_type.shape.dim
    )
