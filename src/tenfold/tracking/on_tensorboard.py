"""A run in TensorBoard: curves, figures, settings, pictures, the network, and the table of trials.

A run's event folder holds figures and pictures; its subfolders train and validation hold the curves, as with
Keras' callback, so that both appear in one chart.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.util.tensor_util import make_tensor_proto

from tenfold.runs.run import Run
from tenfold.tracking import record
from tenfold.tracking.error_charts import draw_errors
from tenfold.tracking.event_file import EventFile


class TensorBoardTracker:
    """Event files in the folder `place`, a folder per study and run; if it is empty, in each run's folder."""

    def __init__(self, place: str) -> None:
        self._place = Path(place) if place else None
        self._pages: set[str] = set()

    @property
    def pages(self) -> list[str]:
        """The commands that show what was sent."""
        return sorted(self._pages)

    def send(self, run: Run) -> None:
        """Add what is new in `run` to the event files."""
        finished = run.finished  # before reading its curves, so that they are complete
        path = run.path.resolve()
        folder = self._place / path.parent.name / path.name if self._place else run.path / "tensorboard"
        shown = self._place or (run.path.parent if record.in_study(run) else run.path)
        self._pages.add(f"tensorboard --logdir {shown}")
        epochs = record.epochs(run)
        for part in sorted({part for epoch in epochs for _, part in epoch.figures}):
            with EventFile(folder / part, record.identity(run), record.began(run)) as events:
                _add_curves(events, part, epochs)
        with EventFile(folder, record.identity(run), record.began(run)) as events:
            at = record.began(run)
            events.add_graph(_graph(run.recipe["layers"]), at)
            events.add(text_pb("settings", _table(record.parameters(run))), 0, at)
            events.add(
                hparams_pb(record.parameters(run), f"{path.name} {record.identity(run)[:8]}", at), 0, at
            )
            for epoch in epochs:
                events.add(scalar_pb(record.SECONDS_PER_EPOCH, epoch.seconds), epoch.number, epoch.ended)
            if finished:
                _add_outcome(events, run, epochs[-1])

    def send_study(self, folder: Path, *, finished: bool) -> None:
        """Do nothing: TensorBoard cannot show HTML pages."""


def _add_curves(events: EventFile, part: str, epochs: list[record.Epoch]) -> None:
    for epoch in epochs:
        for (name, of), value in epoch.figures.items():
            if of == part:
                events.add(scalar_pb(f"{name}/by_epoch", value), epoch.number, epoch.ended)


def _add_outcome(events: EventFile, run: Run, last: record.Epoch) -> None:
    for name, value in record.figures(run).items():
        events.add(scalar_pb(name, value), last.number, last.ended)
    for name, curve in record.robustness(run).items():
        for level, accuracy in curve:
            events.add(scalar_pb(name, accuracy), level, last.ended)
    for name, picture in draw_errors(run).items():
        events.add(_image_pb(name, picture), last.number, last.ended)


def _image_pb(tag: str, picture: Image.Image) -> Summary:
    png = io.BytesIO()
    picture.save(png, format="PNG", optimize=True)
    content = [str(picture.width).encode(), str(picture.height).encode(), png.getvalue()]
    return Summary(
        value=[
            Summary.Value(
                tag=tag,
                metadata=image_metadata.create_summary_metadata(display_name=None, description=None),
                tensor=make_tensor_proto(content, dtype=np.object_),
            )
        ]
    )


def _graph(layers: Sequence[Mapping[str, Any]]) -> bytes:
    """The layers as a serialized GraphDef; the arrow from each to the next shows the shape."""
    nodes: list[NodeDef] = []
    for number, layer in enumerate(layers):
        sizes = [TensorShapeProto.Dim(size=size) for size in (-1, *layer["output_shape"])]
        shape = AttrValue.ListValue(shape=[TensorShapeProto(dim=sizes)])
        nodes.append(
            NodeDef(
                name=f"{number:02} {layer['name']} {layer['activation']}".strip().replace(" ", "_"),
                op=layer["name"].partition(" ")[0],
                input=[nodes[-1].name] if nodes else [],
                attr={
                    "_output_shapes": AttrValue(list=shape),
                    "parameters": AttrValue(i=layer["parameters"]),
                    "multiply_adds": AttrValue(i=layer["multiply_adds"]),
                },
            )
        )
    graph: bytes = GraphDef(node=nodes).SerializeToString()
    return graph


def _table(parameters: dict[str, record.Parameter]) -> str:
    """The settings as a table in Markdown."""
    rows = [f"| {name} | {value} |" for name, value in parameters.items()]
    return "\n".join(["| setting | value |", "|---|---|", *rows])
