"""The user's own network: a function in a Python file that returns a Keras model, a `Recipe` in one, or a
Keras model as JSON.

    mine.py:build           def build(): return keras.Sequential([...])
    mine.py:build           def build(classes): ...    for data with any number of classes
    mine.py:recipe          recipe = Recipe(...)

Such a file is the user's program, and is run when a network is trained. References to it in a run folder are
never run: folders may come from strangers.
"""

import ast
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tenfold.errors import InputError
from tenfold.files import expand_home
from tenfold.recipes.optimizers import adam
from tenfold.recipes.recipe import RECIPES, Recipe

if TYPE_CHECKING:
    import keras

_LARGEST_FILE_BYTES = 16 * 2**20
_JOINT = ".py:"


def is_place(text: str) -> bool:
    """Whether `text` has the form FILE.py:NAME, even if the name is missing."""
    return _JOINT in text or text.endswith(".py")


def own_recipe(place: str, name: str | None = None) -> Recipe:
    """The recipe of the network that `place` defines, FILE.py:NAME or FILE.json, called `name`.

    A compiled model is trained as compiled, another one with Adam for ten epochs of batches of 128. A
    function is not called until the network is built. Raises InputError if the file cannot be used.
    """
    path, attribute = file_of(place), name_in(place)
    kept = f"{path}:{attribute}" if attribute else str(path)
    if attribute and not _is_function(path, attribute):
        recipe = _load(path, attribute)
        if isinstance(recipe, Recipe):
            if recipe.kind != "classify":
                raise InputError(
                    f"expected {place} to be a recipe that classifies, received one to {recipe.kind}"
                )
            return replace(recipe, name=_named(recipe.name), place=kept)
    return Recipe(
        name=_named(name or f"{path.stem}:{attribute}"),
        summary=f"A network of your own, {path.name}",
        build=partial(_build, kept),
        build_optimizer=adam,
        learning_rate=1e-3,
        loss="categorical_crossentropy",
        batch_size=128,
        epochs=10,
        parameters=None,
        multiply_adds=None,
        documented_accuracy=None,
        place=kept,
    )


def file_of(place: str) -> Path:
    """The file in FILE.py:NAME or FILE.json."""
    file, joint, _ = place.rpartition(_JOINT)
    return expand_home(f"{file}.py" if joint else place).resolve()


def name_in(place: str) -> str:
    """The name in FILE.py:NAME; empty for FILE.json. Raises InputError for a FILE.py without one."""
    if place.endswith(".py"):
        raise InputError(f"expected the name of a function that returns a Keras model, as in {place}:build")
    return place.rpartition(_JOINT)[2] if _JOINT in place else ""


def recipe_in_file(recipe: Recipe) -> Recipe:
    """`recipe` with the place of its definition, from which other processes can load it.

    Raises InputError if no module's file defines it.
    """
    module = sys.modules.get(getattr(recipe.build, "__module__", ""))
    file = getattr(module, "__file__", None)
    names = [name for name, value in vars(module).items() if value is recipe] if module else []
    if not file or not names or module is sys.modules.get("__main__"):
        raise InputError(
            f"{recipe.name} is in no file from which a training could load it: save it in one and give "
            "'mine.py:recipe', or give a function that returns the Keras model"
        )
    return replace(recipe, place=f"{file}:{names[0]}")


def _build(place: str, classes: int) -> "keras.Model":
    from tenfold.models.given import checked, load_described, with_softmax

    path, attribute = file_of(place), name_in(place)
    if not attribute:
        return with_softmax(checked(load_described(read_file(path), str(path)), classes, str(path)))
    return with_softmax(checked(call(_load(path, attribute), classes, path), classes, place))


def call(function: Any, classes: int, path: Path | None = None) -> Any:
    """The model that the user's `function` returns; it may take the number of classes as `classes`.

    Raises InputError with the line of `path` in which it fails.
    """
    if not callable(function):
        raise InputError(
            f"expected a function that returns a Keras model, received {type(function).__name__}"
        )
    takes_classes = "classes" in signature(function).parameters
    try:
        return function(classes=classes) if takes_classes else function()
    except Exception as error:
        raise InputError(_in_user_code(error, path)) from error


def _load(path: Path, attribute: str) -> Any:
    """Run the file and return its `attribute`."""
    text = read_file(path)
    module = ModuleType(f"tenfold_own_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)  # noqa: S102 - the user's own program
    except Exception as error:
        raise InputError(_in_user_code(error, path)) from error
    finally:
        sys.path.remove(str(path.parent))
    return getattr(module, attribute)


def _is_function(path: Path, attribute: str) -> bool:
    """Whether the file defines a function of this name. Raises InputError if nothing has this name."""
    try:
        tree = ast.parse(read_file(path))
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: {error.msg}") from error
    names = dict(_names(tree))
    if attribute not in names:
        functions = [name for name, is_function in names.items() if is_function]
        raise InputError(f"{path} has no {attribute}; its functions are: {', '.join(functions) or 'none'}")
    return names[attribute]


def _names(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """The names that a module defines, and whether each is a function."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                yield name, True
            case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
                yield from ((alias.asname or alias.name, False) for alias in aliases)
            case ast.Assign(targets=targets):
                yield from ((target.id, False) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, False


def read_file(path: Path) -> str:
    """The text of a file with a network. Raises InputError if it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE_BYTES + 1)
        if len(content) > _LARGEST_FILE_BYTES:
            raise InputError(f"expected a file of at most {_LARGEST_FILE_BYTES:,} bytes, {path} is larger")
        return content.decode()
    except FileNotFoundError:
        raise InputError(f"expected a Python file with a network, found none at {path}") from None
    except UnicodeDecodeError:
        raise InputError(f"expected {path} to be text in UTF-8") from None


def _in_user_code(error: Exception, path: Path | None) -> str:
    """The error, and the line of the user's file."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    where = f"{path}, line {lines[-1]}: " if lines else "the network cannot be built: "
    return f"{where}{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _named(name: str) -> str:
    """`name` as a valid folder name. Raises InputError for the name of one of tenfold's recipes."""
    name = re.sub(r"[^\w.:-]+", "-", name).strip("-.:") or "network"
    if name in RECIPES:
        raise InputError(f"{name} is a recipe of tenfold's: give your own network another name")
    return name
