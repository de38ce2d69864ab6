"""The recipes are the documented systems, and those that tenfold reads with."""

import importlib
import subprocess
import sys

import pytest

from tenfold.cores import available_cores
from tenfold.errors import InputError
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import DOCUMENTED, RECIPES, load_recipe

set_up_keras(available_cores())

CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"
# As the documents have them: input shape, parameters, loss, optimizer, batch size, epochs.
WRITTEN = {
    "mlp-128-64": ((784,), 109_386, CATEGORICAL, "Adam", 32, 10),
    "cnn-32": ((28, 28, 1), 693_962, CATEGORICAL, "Adam", 32, 10),
    "cnn-32-64-64": ((28, 28, 1), 93_322, CATEGORICAL, "RMSprop", 64, 8),
    "mlp-128-64-sparse": ((784,), 109_386, SPARSE, "Adam", 32, 10),
    "cnn-same-32-64-64": ((28, 28, 1), 121_994, CATEGORICAL, "Adam", 128, 20),
    "mlp-512": ((784,), 407_050, CATEGORICAL, "Adam", 128, 10),
    "cnn-32-64-nopool": ((28, 28, 1), 4_738_826, CATEGORICAL, "Adam", 128, 10),
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_recipe_is_what_its_document_says(name: str) -> None:
    recipe = load_recipe(name)
    model, optimizer = recipe.build(), recipe.build_optimizer(100, recipe.learning_rate)

    assert (
        model.input_shape[1:],
        model.count_params(),
        recipe.loss,
        type(optimizer).__name__,
        recipe.batch_size,
        recipe.epochs,
    ) == WRITTEN[name]
    assert float(optimizer.learning_rate) == pytest.approx(0.001)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_states_its_costs_truly(name: str) -> None:
    from tenfold.models.layers import summarize_layers

    recipe = load_recipe(name)
    layers = summarize_layers(recipe.build())

    assert recipe.name == name
    assert recipe.parameters == sum(layer.parameters for layer in layers)
    assert recipe.multiply_adds == sum(layer.multiply_adds for layer in layers)


def test_the_convolutional_base_of_cnn_32_64_64_has_55744_parameters() -> None:
    model = load_recipe("cnn-32-64-64").build()

    assert sum(layer.count_params() for layer in model.layers if layer.name.startswith("conv2d")) == 55_744


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_opens_with_its_source_command_expectation_and_cost(name: str) -> None:
    opening = importlib.import_module(f"tenfold.recipes.{name.replace('-', '_')}").__doc__ or ""

    assert opening.startswith(f"{name}: ")
    for heading in ("Source", "Layers", f"Command   tenfold train {name}\n", "Expect", "Cost"):
        assert heading in opening


def test_an_unknown_recipe_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="unknown recipe 'mlp-128-46': did you mean mlp-128-64"):
        load_recipe("mlp-128-46")
    with pytest.raises(InputError, match="did you mean mlp-128-64"):
        load_recipe("mlp-129")
    with pytest.raises(InputError, match="tenfold recipes"):
        load_recipe("horse")


def test_listing_recipes_does_not_import_keras() -> None:
    script = (
        "import sys, tenfold.recipes as r; [r.load_recipe(n) for n in r.RECIPES]; "
        "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
