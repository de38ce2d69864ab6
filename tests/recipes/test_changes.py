"""Recipes with other values, and the files that hold them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.recipes import RECIPES, Recipe, load_recipe
from tenfold.recipes.changes import change, write_recipe_file
from tenfold.runs.settings import Settings

SEARCHED = [name for name in RECIPES if load_recipe(name).space]


@pytest.mark.parametrize("name", SEARCHED)
def test_a_space_is_around_the_recipes_own_values_and_holds_only_what_it_can_have(name: str) -> None:
    recipe = load_recipe(name)

    for field, ends in (recipe.space or {}).items():
        assert ends.low <= getattr(recipe, field) <= ends.high
        assert change(recipe, {field: ends.low}) != change(recipe, {field: ends.high})


def test_equal_values_are_not_changes_and_changed_recipes_have_no_document() -> None:
    recipe = load_recipe("mlp-512")
    changed = change(recipe, {"batch_size": 64, "learning_rate": 1e-3})

    assert change(recipe, {"batch_size": 128, "learning_rate": 0.001}) is recipe
    assert (changed.batch_size, changed.changes) == (64, {"batch_size": 64})
    assert recipe.documented_accuracy
    assert changed.documented_accuracy is None


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write_recipe_file(path, "fast", {"learning_rate": 0.0134, "batch_size": 180}, "mine\n\nfor a rainy day")

    assert path.read_text().startswith("# mine\n#\n# for a rainy day\n")
    assert load_recipe(str(path)) == change(load_recipe("fast"), {"learning_rate": 0.0134, "batch_size": 180})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("recipe = ", "is not a recipe file in TOML"),
        ("[changes]\n", 'to contain only recipe = "NAME" and a table'),
        ('recipe = "fast"\nchanges = 3\n', 'to contain only recipe = "NAME" and a table'),
        ('recipe = "fast"\nepochs = 3\n', "contain only recipe"),
        ('recipe = "fats"\n', "did you mean fast?"),
        ('recipe = "x.toml"\n', "unknown recipe"),
        (
            'recipe = "fast"\n[changes]\nmomentum = 0.9\n',
            "fast has no field 'momentum' that can be changed; these can: learning_rate",
        ),
        (
            'recipe = "mlp-128-64-sparse"\n[changes]\nlabel_smoothing = 0.1\n',
            "has no field 'label_smoothing'",
        ),
        ('recipe = "fast"\n[changes]\nbatch_size = 64.5\n', "whole number from 1 to 10000, received float"),
        ('recipe = "fast"\n[changes]\nbatch_size = true\n', "received bool"),
        ('recipe = "fast"\n[changes]\nlearning_rate = "high"\n', "received str"),
        ('recipe = "fast"\n[changes]\nlearning_rate = -1\n', "from 1e-09 to 10, received -1"),
        ('recipe = "fast"\n[changes]\nlearning_rate = nan\n', "from 1e-09 to 10"),
        (f'recipe = "fast"\n[changes]\nbatch_size = 0x{"f" * 4000}\n', "from 1 to 10000"),
        ("a = " + "[" * 5000, "is not a recipe file in TOML"),
        ("# " + "x" * 2**16, "of at most 65,536 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)

    with pytest.raises(InputError) as refused:
        load_recipe(str(path))

    assert message in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


lines = st.sampled_from(
    [
        'recipe = "fast"',
        "[changes]",
        "batch_size = 3",
        "learning_rate = 1e-2",
        "pretraining = inf",
        "x = [",
        '"',
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.lists(lines | st.text(max_size=20)).map(lambda a: "\n".join(a).encode()))
def test_any_bytes_are_a_recipe_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)

    try:
        found: object = load_recipe(str(path))
    except InputError as error:
        found = str(error)

    assert isinstance(found, Recipe) or len(str(found).splitlines()) == 1


def test_settings_without_changes_say_what_they_always_said() -> None:
    plain = Settings("fast", 0, 2, "mnist", "0" * 64, as_written=False, permuted=False, threads=1)
    changed = Settings(
        "fast",
        0,
        2,
        "mnist",
        "0" * 64,
        as_written=False,
        permuted=False,
        threads=1,
        changes={"batch_size": 64},
        held_out_only=True,
    )

    assert not {"changes", "held_out_only"} & set(plain.to_dict())
    assert Settings.from_dict(plain.to_dict()) == plain
    assert Settings.from_dict(changed.to_dict()) == changed
    assert plain.variant == ""
    assert changed.differences(plain) == "held_out_only=True instead of None, batch_size=64 instead of None"


def test_no_document_describes_a_changed_recipe() -> None:
    with pytest.raises(InputError, match="leave out --as-written"):
        Settings(
            "mlp-512",
            0,
            2,
            "mnist",
            "0" * 64,
            as_written=True,
            permuted=False,
            threads=1,
            changes={"batch_size": 64},
        )
