"""The recipe class, and finding a recipe by name."""

import difflib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from inspect import signature
from os.path import commonprefix
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError
from tenfold.keras_backend import use_keras
from tenfold.symbols import N_DIGITS

if TYPE_CHECKING:
    import keras

    from tenfold.drawing import Drawing

Images = NDArray[np.uint8]  # (N, 28, 28), or (N, 36, w) for lines; 0 paper .. 255 ink
Labels = NDArray[np.int64]  # (N,), or (N, L) for lines, padded with 10

ClassWeight = Literal["none", "balanced"]
Kind = Literal["classify", "read digits", "read lines", "map pages"]
_USUAL_MULTIPLY_ADDS = 1_000_000  # if they are not known


class ImageSource(Protocol):
    """Draws the images of every epoch from the collected ones it was created with.

    An image is uint8 of `image_shape`, a label int64 of `label_shape`.
    """

    image_shape: tuple[int, ...]
    label_shape: tuple[int, ...]

    def __len__(self) -> int:
        """The number of images per epoch."""
        ...

    def draw(self, seed: int, epoch: int) -> tuple[Images, Labels]:
        """The images and labels of one epoch, in any order; they depend on `seed` and `epoch` alone."""
        ...


class AsTheyAre:
    """An `ImageSource`: the same images in every epoch."""

    def __init__(self, images: Images, labels: Labels) -> None:
        self._images, self._labels = images, labels
        self.image_shape, self.label_shape = images.shape[1:], labels.shape[1:]

    def __len__(self) -> int:
        return len(self._labels)

    def draw(self, seed: int, epoch: int) -> tuple[Images, Labels]:  # noqa: ARG002
        return self._images, self._labels


@dataclass(frozen=True)
class Range:
    """The search range of a field, both ends included; whole numbers if the ends are.

    `log` searches on a logarithmic scale: as much between 1 and 10 as between 10 and 100.
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, repr=False)
class Recipe:
    """How one digit classifier is trained. Hyper-parameters have Keras' names.

    `build` returns the uncompiled model. `build_optimizer` returns its optimizer for a number of training
    steps and a `learning_rate`, which is the peak if the rate varies. Both import Keras only when called, so
    that recipes can be listed without it. If `build` takes `classes`, the network can be built for any number
    of them; its keyword-only arguments can be changed (tenfold.recipes.changes).

    `kind` is the network's task: to classify images of the data set, or to read digits, read lines or map
    pages that `source` composes of them. `source` gets the training images and labels and draws each epoch's
    images, by default the originals. A network for reading is validated and tested on images that
    `held_out_source` draws from the held-out ones; it defaults to `source`, and differs if writers are held
    out, too. `answer` turns the trained model into the one that is exported, with the same weights; by
    default it is the model itself.

    `documented_accuracy` is the range of test accuracy, as fractions, stated by the recipe's document, or
    None. `validation_in_document` says whether the document shows a validation curve, which it computes on
    test images. `label_smoothing` is the share of each label spread over all classes. `pretraining` is the
    share of epochs, rounded down, of contrastive pre-training before the network learns to classify
    (tenfold.training.pretraining). A `class_weight` of "balanced" weights images so that all classes count
    equally. `sources` names further training data with their licences.

    `space` has the fields that `tenfold tune` searches, with their ranges. `changes` are the fields changed
    from the named recipe (tenfold.recipes.changes), None if there are none. `parameters` and `multiply_adds`
    are for ten classes, None if unknown until the network is built. `place` says where the user's own network
    is defined (tenfold.recipes.own), None for tenfold's.
    """

    name: str
    summary: str
    build: Callable[..., "keras.Model"]
    build_optimizer: Callable[[int, float], "keras.Optimizer"]
    learning_rate: float
    loss: Literal["categorical_crossentropy", "sparse_categorical_crossentropy", "ctc"]
    batch_size: int
    epochs: int
    parameters: int | None
    multiply_adds: int | None  # for one image
    documented_accuracy: tuple[float, float] | None
    kind: Kind = "classify"
    validation_in_document: bool = False
    label_smoothing: float = 0.0
    pretraining: float = 0.0
    class_weight: ClassWeight = "none"
    source: Callable[[Images, Labels], ImageSource] = AsTheyAre
    held_out_source: Callable[[Images, Labels], ImageSource] | None = None
    answer: Callable[["keras.Model"], "keras.Model"] = lambda model: model
    sources: tuple[str, ...] = ()
    space: Mapping[str, Range] | None = None
    changes: Mapping[str, Any] | None = None
    place: str | None = None

    def facts(self) -> dict[str, Any]:
        """The network and its training, JSON-serializable: everything except functions and `space`."""
        left_out = (
            "build",
            "build_optimizer",
            "source",
            "held_out_source",
            "answer",
            "sources",
            "space",
            "changes",
            "place",
        )
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in left_out}

    def show(self) -> "Drawing":
        """The network as a diagram. Imports Keras; raises RunError if it is missing."""
        use_keras()
        from tenfold.drawing import stack
        from tenfold.drawing.architecture import draw_network
        from tenfold.models.layers import summarize_layers

        layers = [asdict(layer) for layer in summarize_layers(self.build_for(N_DIGITS))]
        parameters, multiply_adds = (
            sum(layer[name] for layer in layers) for name in ("parameters", "multiply_adds")
        )
        facts = f"{parameters:,} parameters, {multiply_adds:,} multiply-adds per image"
        return stack(self.name, [self.summary, facts], [[draw_network(layers)]])

    def __repr__(self) -> str:
        parameters = f"{self.parameters:,} parameters, " if self.parameters else ""
        how = f"{parameters}{self.epochs} epochs in batches of {self.batch_size}"
        changed = "".join(f", {name}={value}" for name, value in (self.changes or {}).items())
        return f"<Recipe {self.name}: {self.summary}; {how}{changed}>"

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def same_as(self, other: "Recipe") -> bool:
        """Whether both train the same network in the same way, even if `build` is another object."""
        functions = ("build_optimizer", "source", "held_out_source", "answer")
        return self.facts() == other.facts() and all(
            getattr(self, name) is getattr(other, name) for name in functions
        )

    @property
    def source_of_held_out(self) -> Callable[[Images, Labels], ImageSource]:
        """The source of the images on which the network is validated, calibrated and tested."""
        return self.held_out_source or self.source

    @property
    def cost(self) -> float:
        """Roughly proportional to the training time; each image has an overhead of 300,000 multiply-adds."""
        return self.epochs * ((self.multiply_adds or _USUAL_MULTIPLY_ADDS) + 300_000)

    def build_for(self, classes: int) -> "keras.Model":
        """The uncompiled network for images of `classes` classes.

        Raises InputError if it is for the ten digits only.
        """
        if "classes" in signature(self.build).parameters:
            return self.build(classes)
        if classes != N_DIGITS:
            raise InputError(f"expected images of the ten digits for {self.name}, received {classes} classes")
        return self.build()


DOCUMENTED = (
    "mlp-128-64",
    "cnn-32",
    "cnn-32-64-64",
    "mlp-128-64-sparse",
    "cnn-same-32-64-64",
    "mlp-512",
    "cnn-32-64-nopool",
)
READING = ("reader", "lines", "numbers", "layout", "desk")
RECIPES = (*DOCUMENTED, "fast", "strong", "best", "metric-pretrained", *READING)


def find_recipe(name: str) -> Recipe:
    """Return the recipe called `name`; raise InputError, with the nearest name, if there is none."""
    if name not in RECIPES:
        # Among similar names, prefer the longest common prefix: digits are mistyped more often than words.
        near = difflib.get_close_matches(name, RECIPES, n=len(RECIPES), cutoff=0.4)
        nearest = max(near, key=lambda known: len(commonprefix([known, name])), default=None)  # noqa: RUF071
        hint = f"did you mean {nearest}?" if nearest else "tenfold recipes lists them."
        raise InputError(f"unknown recipe {name!r}: {hint}")
    module = importlib.import_module(f"tenfold.recipes.{name.replace('-', '_')}")
    recipe: Recipe = module.recipe
    return recipe
