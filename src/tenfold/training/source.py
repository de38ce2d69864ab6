"""Checksums of code that ignore formatting, comments and docstrings."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import tenfold
from tenfold.recipes import Recipe
from tenfold.recipes.own import file_of, name_in, read_file

# Packages that recipes consist of; modules that look recipes up are excluded.
_PACKAGES = ("tenfold.recipes.", "tenfold.models.", "tenfold.data.")
_LOOK_UP = ("tenfold.recipes.recipe", "tenfold.recipes.changes")


def recipe_digest(recipe: Recipe) -> str:
    """The checksum, in hex, of the code that builds and feeds the recipe's network: its module and what this
    imports of tenfold's recipes, models and data. Its values, which `Recipe.facts` has, are excluded."""
    given = (
        recipe.build,
        recipe.build_optimizer,
        recipe.source,
        recipe.source_of_held_out,
        recipe.answer,
    )
    functions = [each.func if isinstance(each, partial) else each for each in given]
    return _digest_of_modules(tuple(sorted({each.__module__ for each in functions})))


def network_digest(place: str) -> str:
    """The checksum, in hex, of the user's own network file. Raises InputError if it is missing."""
    text = read_file(file_of(place))
    return text_digest(_normal(text) if name_in(place) else text)


def text_digest(text: str) -> str:
    """The checksum, in hex, of a text."""
    return sha256(text.encode()).hexdigest()


def digest_of(thing: type | Callable[..., Any]) -> str:
    """The checksum, in hex, of a class's or function's code, or of its name if there is no source."""
    try:
        code = _normal(textwrap.dedent(inspect.getsource(thing)))
    except (OSError, TypeError, SyntaxError):  # from a prompt, built in, or in the middle of a line
        code = getattr(thing, "__qualname__", type(thing).__qualname__)
    return sha256(code.encode()).hexdigest()


@lru_cache
def _digest_of_modules(roots: tuple[str, ...]) -> str:
    code: dict[str, str] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        path = None if name in code or name in _LOOK_UP else _file_of(name)
        if path:
            code[name] = _normal(path.read_text(encoding="utf-8"))
            waiting += [each for each in _imported(code[name]) if each.startswith(_PACKAGES)]
    return sha256("\n".join(code[name] for name in sorted(code)).encode()).hexdigest()


def _file_of(module: str) -> Path | None:
    """A module's file, found without a possibly slow import."""
    if module.startswith("tenfold."):
        place = Path(tenfold.__file__).parent.joinpath(*module.split(".")[1:])
        return next(
            (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None
        )
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file) if file else None


def _imported(code: str) -> Iterator[str]:
    """The imported names, modules among them."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _normal(code: str) -> str:
    """`code` without comments, docstrings and the recipe's values."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node, clean=False) is not None
            node.body = node.body[1:] if documented else node.body
            if not node.body:
                node.body = [ast.Pass()]
    tree.body = [node for node in tree.body if not _makes_recipe(node)]
    return ast.unparse(tree)


def _makes_recipe(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "recipe"
    )
