"""The service's page in a real browser, with simulated handwriting."""

import base64
import math
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FilePayload, Locator, Page, Request

Open = Callable[..., Page]

# The pen's way for some digits, in a box of width and height 1.
WAYS: dict[str, list[list[tuple[float, float]]]] = {
    "1": [[(0.5, 0), (0.48, 1)]],
    "3": [[(0.12, 0.1), (0.5, 0), (0.82, 0.18), (0.45, 0.47), (0.85, 0.7), (0.6, 0.98), (0.1, 0.9)]],
    "4": [[(0.5, 0), (0.08, 0.62), (0.95, 0.6)], [(0.68, 0.3), (0.62, 1)]],
    "7": [[(0.1, 0.08), (0.9, 0.05), (0.5, 1)]],
    "~": [[(0, 0.5), (0.2, 1), (0.4, 0.6), (0.6, 1), (0.9, 0.5)]],  # no digit
    "s": [  # a smiley
        [(0.5 + 0.5 * math.sin(turn / 4), 0.5 - 0.5 * math.cos(turn / 4)) for turn in range(26)],
        [(0.33, 0.35), (0.33, 0.42)],
        [(0.67, 0.35), (0.67, 0.42)],
        [(0.25, 0.62), (0.35, 0.75), (0.5, 0.8), (0.65, 0.75), (0.75, 0.62)],
    ],
    "x": [[(0, 0), (1, 1)], [(1, 0), (0, 1)], [(0, 0.5), (1, 0.5)]],  # nor this
}


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a service's page; fails a test whose page complains, or asks another host for anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(service: Any, *, forgiving: bool = False, **options: Any) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        own = f"http://127.0.0.1:{service.port}/"

        def check_request(request: Request) -> None:
            if not request.url.startswith((own, "blob:", "data:")):
                complaints.append(request.url)

        def check_message(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                complaints.append(message.text)

        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", check_request)
        if not forgiving:
            page.on("console", check_message)
        page.goto(own)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def draw(page: Page, number: str, *, height: float = 0.4, pitch: float | None = None) -> None:
    """Write with the mouse, as a hand does: many small moves. A blank leaves room.

    `height` is that of the digits in parts of the paper's, `pitch` theirs from one to the next in its width.
    """
    box = page.locator("#paper").bounding_box()
    assert box is not None
    pitch = pitch or 0.9 / max(len(number), 3)
    for index, digit in enumerate(number):
        for way in WAYS.get(digit, []):
            left = 0.05 + pitch * (index + 0.15)
            points = [
                (
                    box["x"] + box["width"] * (left + 0.7 * pitch * x),
                    box["y"] + box["height"] * (0.3 + height * y),
                )
                for x, y in way
            ]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point, steps=10)
            page.mouse.up()


def reading(page: Page) -> Locator:
    return page.locator("#reading")


def scan(*digits: np.ndarray) -> bytes:
    """A PNG of MNIST digits next to each other."""
    return cv2.imencode(".png", 255 - np.pad(np.concatenate(digits, axis=1), 8))[1].tobytes()


def as_file(content: bytes, name: str = "scan.png") -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def hand_over(page: Page, event: str, content: bytes) -> None:
    """Let a picture be dropped or pasted."""
    page.evaluate(
        """([event, content]) => {
            const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "scan.png", { type: "image/png" }));
            const init = { bubbles: true, cancelable: true };
            document.body.dispatchEvent(event === "paste"
                ? new ClipboardEvent("paste", { ...init, clipboardData: data })
                : new DragEvent("drop", { ...init, dataTransfer: data }));
        }""",
        [event, base64.b64encode(content).decode()],
    )
