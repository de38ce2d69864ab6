"""Write docs/api.md, the docstrings of everything in `import tenfold`: `make docs`."""

import inspect
from pathlib import Path
from typing import Any

import tenfold

PAGE = Path(__file__).with_name("api.md")
_OPENING = """\
# Python API

The docstrings of every name in `import tenfold`; `make docs` writes this page. Runs may be given as
their folders, paths as text or `Path`, and data as a name, a path or arrays. What a notebook shows for a
run, data, a recipe, a reading or a comparison can be saved: `run.plot_history().save("history.png")`.

When tenfold loads Keras, it suppresses TensorFlow's start-up notices about oneDNN and CPU instructions. If
a notebook runs `import keras` first, they appear (in Jupyter, in red) before tenfold can suppress them. They
are harmless; `import tenfold` before `import keras` suppresses most.
"""
GROUPS = {
    "Train and compare": ("train", "fine_tune", "study", "evaluate", "compare", "report", "open_run", "Run"),
    "Recipes": ("load_recipe", "Recipe"),
    "Data": ("load_mnist", "load_fashion_mnist", "load_data", "fetch", "Dataset"),
    "Read": (
        "read",
        "read_pages",
        "Reader",
        "Reading",
        "Line",
        "Digit",
        "Sign",
        "Table",
        "Cell",
        "Box",
    ),
    "Errors": (),  # all remaining names
}


def render_page() -> str:
    """The page as Markdown."""
    errors = [name for name in tenfold.__all__ if not any(name in names for names in GROUPS.values())]
    parts = [_OPENING]
    for group, names in GROUPS.items():
        parts.append(f"## {group}\n")
        parts += [_render(name, getattr(tenfold, name)) for name in names or errors]
    return "\n".join(parts)


def _render(name: str, value: Any) -> str:
    signature = "" if isinstance(value, type) and issubclass(value, Exception) else _signature(value)
    parts = [f"### {name}\n\n{signature}{_prose(value)}\n"]
    if isinstance(value, type) and not issubclass(value, Exception):
        parts += [_render_member(*member) for member in _members(value)]
    return "\n".join(parts)


def _members(value: type) -> list[tuple[str, Any]]:
    """Public methods and properties with a docstring, in source order."""
    return [
        (name, member)
        for name, member in vars(value).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
        if member.__doc__
    ]


def _render_member(name: str, member: Any) -> str:
    told = f"`{name}{_arguments(member)}`" if inspect.isfunction(member) else f"`{name}`"
    return f"- {told}: {' '.join(_prose(member).split())}"


def _signature(value: Any) -> str:
    return f"```\ntenfold.{value.__name__}{_arguments(value)}\n```\n\n"


def _arguments(value: Any) -> str:
    """Names and defaults; the docstrings have the types in readable form."""
    parts, keywords = [], False
    for parameter in inspect.signature(value).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not keywords:
            keywords = True
            parts.append("*")
        given = parameter.default is not parameter.empty
        parts.append(f"{parameter.name}={_default(parameter.default)}" if given else parameter.name)
    return f"({', '.join(parts)})"


def _default(value: Any) -> str:
    return "..." if "<" in repr(value) else repr(value)


def _prose(value: Any) -> str:
    """The docstring; its examples, which come last, as code."""
    prose, mark, examples = (inspect.getdoc(value) or "").partition(">>> ")
    return f"{prose}```pycon\n{mark}{examples}\n```" if mark else prose


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
