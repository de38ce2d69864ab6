"""axe-core's accessibility rules."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

_AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"


def violations(page: Page) -> list[str]:
    """What axe-core complains about, with the elements."""
    if not _AXE.is_file():
        give_up = pytest.fail if "CI" in os.environ else pytest.skip
        give_up("axe-core is not installed: `make check-page` does that")
    page.evaluate(_AXE.read_text())
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]
