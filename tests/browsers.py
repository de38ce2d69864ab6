"""A real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, to which every host under .example is this machine."""
    chromium = shutil.which("chromium")
    if chromium is None:
        give_up = pytest.fail if "CI" in os.environ else pytest.skip
        give_up("the page is tested with Debian's chromium, which is not installed")
    with sync_playwright() as playwright:
        options = ["--host-resolver-rules=MAP *.example 127.0.0.1"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        expect.set_options(timeout=30_000)  # a page that is slow, on a busy machine, is no fault
        yield browser
        browser.close()
