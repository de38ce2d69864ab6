"""Whether everyone can use the page: axe-core's rules, and colours of the system's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from axe import violations
from page import Open, draw, reading

Start = Callable[..., Any]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(scheme: Any, start: Start, open_page: Open, runs: Path) -> None:
    page = open_page(start("--runs", str(runs)), color_scheme=scheme)
    assert violations(page) == []
    draw(page, "71~")
    expect(page.locator("#answers tr").nth(2).locator("td")).to_have_count(1)
    page.get_by_text("Look inside").click()
    expect(page.locator("#enlarged")).to_contain_text("map 1 of 24")
    assert violations(page) == []
    page.locator(".card").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()

    assert violations(page) == []


def test_forced_colours_keep_the_bars_and_the_edge_of_the_paper(service: Any, open_page: Open) -> None:
    page = open_page(service, forced_colors="active")
    draw(page, "7")
    expect(reading(page)).to_have_text("7")
    bar, ground, edge = page.evaluate(
        """() => [
            getComputedStyle(document.querySelector(".bars .best i"), "::before").backgroundColor,
            getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector("#paper")).outlineColor,
        ]"""
    )

    assert ground not in (bar, edge)
