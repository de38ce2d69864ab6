"""What a recipe says, and how one is found by its name."""

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

Images = NDArray[np.uint8]  # (N, 28, 28), or (N, 36, w) of lines; 0 paper .. 255 ink
Labels = NDArray[np.int64]  # (N,), or (N, L) of lines, filled with 10

ClassWeight = Literal["none", "balanced"]
Kind = Literal["classify", "read digits", "read lines", "map pages"]
_USUAL_MULTIPLY_ADDS = 1_000_000  # where they are not known


class ImageSource(Protocol):
    """Where the images of every epoch come from, once it was given those that were collected.

    An image is uint8 of `image_shape`, a label int64 of `label_shape`.
    """

    image_shape: tuple[int, ...]
    label_shape: tuple[int, ...]

    def __len__(self) -> int:
        """How many images an epoch has."""
        ...

    def draw(self, seed: int, epoch: int) -> tuple[Images, Labels]:
        """The images and labels of one epoch, in any order; decided by `seed` and `epoch` alone."""
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
    """Where to look for the best value of a field, both ends included; whole numbers where the ends are.

    With `log` as much between 1 and 10 as between 10 and 100.
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, repr=False)
class Recipe:
    """How one digit classifier is trained. Hyper-parameters carry Keras' names.

    `build` returns the model, not compiled, and `build_optimizer` its optimizer for a training of so many
    steps, with `learning_rate`, or up to it where this rises and falls; both import Keras only when called,
    so that recipes can be listed without it. Where `build` takes `classes`, the network can be built for any
    number of them; what it takes by keyword only can be changed (tenfold.recipes.changes). `kind` says what
    the network is for: to classify images like those collected, or to read digits or lines, which `source`
    writes with them. `source` is given the training images and labels and draws what each epoch sees, by
    default the images as they are; a network that reads is validated and tested on what `held_out_source`
    draws with the images held out, by default `source` as well; another one where writers are held out, too.
    `answer` makes the model that answers of the trained one, by default this itself; both have the same
    weights. `documented_accuracy` is the range of test accuracy, as fractions, that the recipe's source
    states; None where it states none. `validation_in_document` says whether the source draws a validation
    curve, which it does on test images. `label_smoothing` is the share of each label that is spread over all
    classes. `pretraining` is the share of the epochs, the first ones, rounded down to whole ones, in which
    the network learns by contrast before it learns to answer (tenfold.training.pretraining). With a
    `class_weight` of "balanced" images of rare classes count more, so that all classes count alike. `sources`
    names, with their licences, the data that it is trained on beside those collected. `space` says where
    `tenfold tune` looks for better values of which fields; `changes` are the fields of the named recipe that
    were given other values (tenfold.recipes.changes), None where it is as it was written. `parameters` and
    `multiply_adds` are those of the network for ten classes, None where they are not known before it is
    built. `place` is where a network of the user's own is defined (tenfold.recipes.own), None for tenfold's.
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
        """What the network is and how it is trained, JSON-able: all but the functions and what is tuned."""
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
        """The network as a picture, layer by layer. Imports Keras; raises RunError where it is missing."""
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
        """Whether both make the same network in the same way; of changed ones `build` is another object."""
        functions = ("build_optimizer", "source", "held_out_source", "answer")
        return self.facts() == other.facts() and all(
            getattr(self, name) is getattr(other, name) for name in functions
        )

    @property
    def source_of_held_out(self) -> Callable[[Images, Labels], ImageSource]:
        """What draws the images that the network is validated, calibrated and tested on."""
        return self.held_out_source or self.source

    @property
    def cost(self) -> float:
        """About proportional to the training time: for small networks an image costs as much besides its
        multiply-adds as 300,000 of these."""
        return self.epochs * ((self.multiply_adds or _USUAL_MULTIPLY_ADDS) + 300_000)

    def build_for(self, classes: int) -> "keras.Model":
        """The network for images of so many classes, not compiled.

        Raises InputError if it is one for the ten digits alone.
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
    """Return the recipe called `name`; raise InputError, with the nearest name, where there is none."""
    if name not in RECIPES:
        # Of names about as near, the one that begins alike: digits are mistyped more often than words.
        near = difflib.get_close_matches(name, RECIPES, n=len(RECIPES), cutoff=0.4)
        nearest = max(near, key=lambda known: len(commonprefix([known, name])), default=None)  # noqa: RUF071
        hint = f"did you mean {nearest}?" if nearest else "tenfold recipes lists them."
        raise InputError(f"unknown recipe {name!r}: {hint}")
    module = importlib.import_module(f"tenfold.recipes.{name.replace('-', '_')}")
    recipe: Recipe = module.recipe
    return recipe
