"""Pens, fingers and palms on the page's paper."""

from typing import Any

from playwright.sync_api import Page, expect

from page import Open, reading


class Hand:
    """Tells the page of pointers on its paper, as a browser does."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def down(self, pointer: int, kind: str, x: float, y: float) -> None:
        self._tell("pointerdown", pointer, kind, x, y)

    def up(self, pointer: int, kind: str) -> None:
        self._tell("pointerup", pointer, kind, 0, 0)

    def draw_seven(self, pointer: int, kind: str, left: float) -> None:
        """From its upper left, where the pointer was put down."""
        for step in range(1, 11):
            self._tell("pointermove", pointer, kind, left + 0.02 * step, 0.2)
        for step in range(1, 21):
            self._tell("pointermove", pointer, kind, left + 0.2 - 0.006 * step, 0.2 + 0.025 * step)

    def _tell(self, event: str, pointer: int, kind: str, x: float, y: float) -> None:
        self._page.evaluate(
            """([event, pointerId, pointerType, x, y]) => {
                const paper = document.querySelector("#paper");
                paper.setPointerCapture = () => {};
                const { left, top, width, height } = paper.getBoundingClientRect();
                const place = { clientX: left + x * width, clientY: top + y * height };
                paper.dispatchEvent(new PointerEvent(event, { pointerId, pointerType, ...place }));
            }""",
            [event, pointer, kind, x, y],
        )


def is_blank(page: Page) -> bool:
    return bool(page.evaluate("!document.querySelector('#invitation').hidden"))


def test_two_fingers_draw_nothing(service: Any, open_page: Open) -> None:
    page = open_page(service)
    hand = Hand(page)
    hand.down(1, "touch", 0.3, 0.2)
    hand.draw_seven(1, "touch", 0.3)
    assert not is_blank(page)
    hand.down(2, "touch", 0.6, 0.2)
    hand.draw_seven(1, "touch", 0.3)
    hand.draw_seven(2, "touch", 0.6)
    assert is_blank(page)
    hand.up(2, "touch")
    hand.up(1, "touch")
    hand.down(3, "touch", 0.5, 0.2)
    hand.draw_seven(3, "touch", 0.5)
    hand.up(3, "touch")

    expect(reading(page)).to_have_text("7")


def test_a_pen_beats_the_palm(service: Any, open_page: Open) -> None:
    page = open_page(service)
    hand = Hand(page)
    hand.down(1, "touch", 0.8, 0.9)
    assert not is_blank(page)
    hand.down(2, "pen", 0.5, 0.2)
    hand.draw_seven(2, "pen", 0.5)
    hand.up(2, "pen")
    hand.up(1, "touch")
    hand.down(3, "touch", 0.2, 0.5)  # while the pen is in the air
    hand.draw_seven(3, "touch", 0.2)
    hand.up(3, "touch")

    expect(reading(page)).to_have_text("7")
    page.keyboard.press("Control+z")
    assert is_blank(page)
