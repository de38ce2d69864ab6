"""Networks of the user's own, before they are built."""

from dataclasses import replace
from pathlib import Path

import pytest

from tenfold.errors import InputError
from tenfold.recipes import Recipe, load_recipe
from tenfold.recipes.changes import change, parse_changes
from tenfold.training.plan import plan_run, to_plan

FILE = """
from dataclasses import replace
from tenfold.recipes import load_recipe
from tenfold.recipes.mlp_512 import build as wide

def build(classes):
    raise RuntimeError("too early")

recipe = replace(load_recipe("mlp-512"), name="mine", epochs=3)
reader = load_recipe("reader")
constant = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return path


def test_a_function_is_not_called_before_its_network_is_built(file: Path) -> None:
    recipe = load_recipe(f"{file}:build")

    assert (recipe.name, recipe.epochs, recipe.parameters) == ("mine:build", 10, None)
    with pytest.raises(InputError, match=r"mine\.py, line 7: RuntimeError: too early"):
        recipe.build_for(10)


def test_a_recipe_in_a_file_keeps_its_figures(file: Path) -> None:
    recipe = load_recipe(f"{file}:recipe")

    assert (recipe.name, recipe.epochs, recipe.place) == ("mine", 3, f"{file}:recipe")


def test_the_files_code_decides_and_its_layout_does_not(file: Path) -> None:
    def digest() -> str:
        network = plan_run(load_recipe(f"{file}:build"), "mnist", "0" * 64).network
        assert network
        return network.network_sha256

    first = digest()
    file.write_text("# a remark\n" + FILE)
    assert digest() == first
    file.write_text(FILE.replace("too early", "too late"))
    assert digest() != first


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("mine.py", "expected the name of a function"),
        ("mine.py:other", "has no other; its functions are: build"),
        ("none.py:build", "found none at"),
        ("mine.py:reader", "expected .* to be a recipe that classifies, received one to read digits"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused_in_one_line(file: Path, place: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_recipe(str(file.parent / place))


def test_a_file_with_a_mistake_is_refused_with_its_line(file: Path) -> None:
    file.write_text("x = 1\ndef build(:\n")

    with pytest.raises(InputError, match=r"mine\.py, line 2: invalid syntax"):
        load_recipe(f"{file}:build")


def test_a_network_cannot_be_called_like_a_recipe_of_tenfolds(file: Path) -> None:
    file.write_text(FILE.replace('"mine"', '"fast"'))

    with pytest.raises(InputError, match="give your own network another name"):
        load_recipe(f"{file}:recipe")


def test_only_what_other_processes_can_load_is_planned() -> None:
    changed = change(load_recipe("mlp-512"), {"dropout": 0.3})

    assert to_plan(changed) is changed
    with pytest.raises(InputError, match="save it in one"):
        to_plan(replace(load_recipe("mlp-512"), epochs=3))


def test_fields_of_the_network_and_the_optimizer_can_be_changed() -> None:
    changed = change(
        load_recipe("cnn-32"), parse_changes(["filters=8,16", "dropout=0.3", "optimizer=sgd", "epochs=5"])
    )
    model = changed.build_for(12)

    assert [layer.filters for layer in model.layers if hasattr(layer, "filters")] == [8, 16]
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.3]
    assert model.output_shape == (None, 12)
    assert type(changed.build_optimizer(1, 0.1)).__name__ == "SGD"
    assert changed.epochs == 5
    assert changed.changes == {"filters": [8, 16], "dropout": 0.3, "optimizer": "sgd", "epochs": 5}
    assert changed.parameters is None


def test_equal_values_are_not_changes_even_for_network_fields() -> None:
    recipe = load_recipe("mlp-128-64")

    assert change(recipe, {"hidden": [128, 64], "l2": 0, "optimizer": "adam", "epochs": 10}) is recipe


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dropout", "expected NAME=VALUE"),
        ("dropout=high", "a number from 0 to 0.95, received str"),
        ("hidden=0", "a list of 1 to 8, each a whole number from 1 to 16384, received 0"),
        ("hidden=[]", "received 0"),
        ("optimizer=sdg", "one of adam, adamw, nadam, rmsprop, sgd, received 'sdg'"),
        (
            "units=3",
            "mlp-512 has no field 'units' that can be changed; these can: .*hidden, dropout, l2, optimizer",
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        change(load_recipe("mlp-512"), parse_changes([text]))


def test_recipes_for_reading_know_the_ten_digits_alone() -> None:
    recipe: Recipe = load_recipe("reader")

    with pytest.raises(InputError, match="ten digits for reader, received 26 classes"):
        recipe.build_for(26)
