"""Add files outside docs/ to the site: `make docs`.

README.md, CONTRIBUTING.md and CHANGELOG.md become pages. Source files, notebooks and results that a page
links to are copied to source/, so every link works without a network.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

DOCS = Path(__file__).parent
ROOT = DOCS.parent
ROOT_PAGES = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changes.md": "CHANGELOG.md"}
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages outside docs/ and the linked files."""
    for name, source in ROOT_PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    pages = [page for page in files.documentation_pages() if page.src_uri.endswith(".md")]
    for linked in sorted({path for page in pages for path in _links(page.src_uri, page.content_string)}):
        if linked.is_file() and not linked.is_relative_to(DOCS) and linked.name not in ROOT_PAGES.values():
            files.append(File.generated(config, _address(linked), abs_src_path=str(linked)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Rewrites links to their targets in the site; folders become plain text."""

    def rewrite(found: re.Match[str]) -> str:
        text, target, anchor = found.groups(default="")
        path = _home(page.file.src_uri).joinpath(target).resolve()
        return text if path.is_dir() else f"[{text}]({_address(path)}{anchor})"

    return LINK.sub(rewrite, markdown)


def _links(name: str, markdown: str) -> set[Path]:
    return {_home(name).joinpath(target).resolve() for _, target, _ in LINK.findall(markdown)}


def _home(name: str) -> Path:
    """The folder that a page's links are relative to."""
    return ROOT if name in ROOT_PAGES else DOCS


def _address(path: Path) -> str:
    """A repository file's address in the site: all pages are in its top folder."""
    pages = {source: name for name, source in ROOT_PAGES.items()}
    if path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()
    name = path.relative_to(ROOT).as_posix()
    return pages.get(name, f"source/{name}")
