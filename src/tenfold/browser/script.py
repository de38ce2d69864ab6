"""JavaScript modules bundled into one script, for a page that is a single file.

Modules import each other with `import { a, b } from "./name.js";` on a line of its own, and export functions,
classes and constants where they are declared. Each becomes a function that returns its exports.
"""

import re
from collections.abc import Sequence
from importlib.resources.abc import Traversable

_IMPORT = re.compile(r'^import \{ (.+) \} from "\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


def script_of(entry: str, folders: Sequence[Traversable]) -> str:
    """The module `entry` and everything it imports; each module from the first of `folders` that has it.

    Raises FileNotFoundError if none has it.
    """
    parts: dict[str, str] = {}
    _add(entry, folders, parts)
    return "\n".join(parts.values())


def _add(name: str, folders: Sequence[Traversable], parts: dict[str, str]) -> None:
    if name in parts:
        return
    text = _read(f"{name}.js", folders)
    for _, imported in _IMPORT.findall(text):
        _add(imported, folders, parts)
    body = _IMPORT.sub(lambda found: f"const {{ {found[1]} }} = {_variable(found[2])};\n", text)
    exported = ", ".join(exported for _, exported in _EXPORT.findall(body))
    body = _EXPORT.sub(r"\1", body)
    parts[name] = f"const {_variable(name)} = (() => {{\n{body}return {{ {exported} }};\n}})();"


def _read(file: str, folders: Sequence[Traversable]) -> str:
    for folder in folders:
        if folder.joinpath(file).is_file():
            return folder.joinpath(file).read_text(encoding="utf-8")
    raise FileNotFoundError(f"none of the folders has {file}")


def _variable(name: str) -> str:
    return f"module_{name.replace('-', '_')}"
