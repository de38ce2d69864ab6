"""The page in a real browser, against a service in a process of its own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from page import Open, as_file, draw, hand_over, reading, scan
from tenfold.imaging.decode import decode

Start = Callable[..., Any]


def kept_in(folder: Path) -> list[str]:
    """The labels of the corrections that are there."""
    return [path.parent.name for path in folder.glob("*/*.png")]


def test_what_is_written_is_read(service: Any, open_page: Open) -> None:
    page = open_page(service)
    expect(page.get_by_text("Write a digit here")).to_be_visible()
    draw(page, "7")

    expect(reading(page)).to_have_text("7")
    expect(page.get_by_text("Write a digit here")).to_be_hidden()


def test_several_digits_are_read_together_and_each_is_explained(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "7143")

    expect(reading(page)).to_have_text("7143")
    expect(page.locator(".card")).to_have_count(4)
    expect(page.locator("#overlay .box")).to_have_count(4)
    card = page.get_by_role("button", name="Digit 1 of 4: 7")
    expect(card.locator(".bars > span")).to_have_count(11)
    expect(card.locator(".second")).to_contain_text("or ")
    shares = card.locator(".bars > span").evaluate_all(
        "bars => bars.map((bar) => Number(bar.style.getPropertyValue('--share')))"
    )
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert max(shares) == shares[7]


def test_the_reading_follows_before_the_pen_is_lifted(service: Any, open_page: Open) -> None:
    page = open_page(service)
    box = page.locator("#paper").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 200, steps=20)

    expect(reading(page)).to_have_text("1")


def test_at_most_one_picture_is_on_its_way(service: Any, open_page: Open) -> None:
    page = open_page(service)
    under_way, most = set(), 0

    def begin(request: Any) -> None:
        nonlocal most
        if request.url.endswith("/v1/explain"):
            under_way.add(request)
            most = max(most, len(under_way))

    def end(request: Any) -> None:
        under_way.discard(request)

    page.on("request", begin)
    page.on("requestfinished", end)
    draw(page, "714")

    expect(reading(page)).to_have_text("714")
    assert most == 1


def test_keys_undo_redo_and_clear(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "71")
    expect(reading(page)).to_have_text("71")
    page.keyboard.press("Control+z")
    expect(reading(page)).to_have_text("7")
    page.keyboard.press("Control+Shift+z")
    expect(reading(page)).to_have_text("71")
    page.keyboard.press("Delete")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.get_by_text("Write a digit here")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(reading(page)).to_have_text("71")


def test_an_example_is_written_and_read(service: Any, open_page: Open) -> None:
    page = open_page(service, reduced_motion="reduce")
    page.get_by_role("button", name="Show me").click()

    expect(reading(page)).to_have_text("314")


def test_ink_that_is_no_digit_is_shown_as_ignored(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "7 ~")

    expect(reading(page)).to_have_text("7")
    expect(page.locator("#ignored")).to_contain_text("Faint strokes were ignored")
    left, right = page.evaluate(
        """() => {
            const canvas = document.querySelector("#paper");
            const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const darkest = [0, 0];
            for (let at = 3; at < data.length; at += 4) {
                const half = Math.floor((2 * (Math.floor(at / 4) % width)) / width);
                darkest[half] = Math.max(darkest[half], data[at]);
            }
            return darkest;
        }"""
    )
    assert left == 255
    assert right < 160  # where strokes cross, too
    page.keyboard.press("Control+z")
    expect(page.locator("#ignored")).to_be_empty()


def test_what_is_ignored_in_a_picture_is_hatched(service: Any, open_page: Open) -> None:
    form = Path(__file__).parents[2] / "docs/reading/form.jpg"
    page = open_page(service)
    page.set_input_files("#file", files=as_file(form.read_bytes(), "form.jpg"))

    expect(reading(page)).to_contain_text("40817")
    expect(page.locator("#ignored")).to_contain_text("Hatched parts were ignored")
    hatched = page.locator("#overlay .ignored").count()
    assert (
        hatched == len(service.client.post("/v1/read", content=form.read_bytes()).json()["passed_over"]) > 0
    )
    page.get_by_role("button", name="Back to the paper").click()
    expect(page.locator("#ignored")).to_be_empty()


def test_a_smiley_is_no_zero(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, " s", height=0.6, pitch=0.4)
    expect(reading(page)).to_have_text("No digit found")
    page.keyboard.press("Delete")
    draw(page, "s 7")

    expect(reading(page)).to_have_text("7")


def test_small_digits_are_written_with_a_finer_pen(service: Any, open_page: Open) -> None:
    page = open_page(service)
    page.locator("#pen-width").fill("40")
    draw(page, "714", height=0.06, pitch=0.045)

    expect(reading(page)).to_have_text("714")


def test_a_drawing_outlives_a_reload(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "714")
    expect(reading(page)).to_have_text("714")
    page.reload()

    expect(reading(page)).to_have_text("714")


def test_that_something_is_being_read_is_said_at_once(service: Any, open_page: Open) -> None:
    page = open_page(service)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    page.route("**/v1/explain", hold)
    draw(page, "7")

    expect(reading(page)).to_have_text("Reading …")
    held[0].continue_()
    expect(reading(page)).to_have_text("7")


def test_printed_numbers_are_told_from_handwritten_ones(
    service: Any, open_page: Open, printed_and_written: Any
) -> None:
    page = open_page(service)
    picture = cv2.imencode(".png", printed_and_written)[1].tobytes()
    page.set_input_files("#file", files=as_file(picture))

    cards, boxes = page.locator(".card"), page.locator("#overlay .box.printed")
    expect(cards).to_have_count(10)
    expect(cards.filter(has_text="print")).to_have_count(5)
    expect(boxes).to_have_count(5)


def test_a_chosen_picture_is_read_and_the_drawing_kept(service: Any, open_page: Open, mnist: Any) -> None:
    page = open_page(service)
    draw(page, "7")
    page.set_input_files("#file", files=as_file(scan(*mnist.x_test[:3])))
    expect(reading(page)).to_have_text("721")
    expect(page.locator("#overlay .box")).to_have_count(3)
    page.get_by_role("button", name="Back to the paper").click()

    expect(reading(page)).to_have_text("7")


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_is_read_that_is_handed_over_by(
    way: str, service: Any, open_page: Open, mnist: Any
) -> None:
    page = open_page(service)
    hand_over(page, way, scan(*mnist.x_test[:3]))

    expect(reading(page)).to_have_text("721")


def test_a_table_is_corrected_beside_its_picture_and_saved(service: Any, open_page: Open, mnist: Any) -> None:
    sheet = np.full((260, 420), 245, dtype=np.uint8)
    for x, y, image in [(60, 50, 0), (250, 50, 1), (250, 150, 2)]:
        large = cv2.resize(mnist.x_test[image], (56, 56), interpolation=cv2.INTER_CUBIC)
        sheet[y : y + 56, x : x + 56] -= (large * 0.9).astype(np.uint8)
    for at in (30, 130, 230):
        cv2.line(sheet, (30, at), (390, at), 90, 2)
    for at in (30, 210, 390):
        cv2.line(sheet, (at, 30), (at, 230), 90, 2)
    content = cv2.imencode(".png", sheet)[1].tobytes()
    expected = [
        cell["guess"]
        for row in service.client.post("/v1/table", content=content).json()["rows"]
        for cell in row
    ]
    page = open_page(service)
    expect(page.locator("#table-button")).to_be_hidden()
    page.set_input_files("#file", files=as_file(content))

    page.get_by_role("button", name="As a table").click()
    cells = page.locator("#cells input")
    expect(cells).to_have_count(4)

    assert [cell.input_value() for cell in cells.all()] == expected == ["7", "2", "", "1"]
    cells.nth(2).focus()
    expect(page.locator("#cell-mark")).to_be_visible()
    cells.nth(2).fill("12,5")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert Path(download.value.path()).read_text() == '7,2\n"12,5",1\n'
    page.get_by_role("button", name="Back to the paper").click()
    expect(page.locator("#table-section")).to_be_hidden()


def test_tab_goes_from_one_cell_in_doubt_to_the_next(service: Any, open_page: Open, mnist: Any) -> None:
    def answer(route: Route) -> None:
        texts = [["1", "?"], ["3", "?"], ["5", "6"]]
        cells = [
            [
                {
                    "text": text,
                    "guess": text.replace("?", "7"),
                    "confidence": 0.6,
                    "accepted": text != "?",
                    "box": None,
                }
                for text in row
            ]
            for row in texts
        ]
        route.fulfill(json={"rows": cells, "reading": {}})

    page = open_page(service)
    page.route("**/v1/table", answer)
    page.set_input_files("#file", files=as_file(scan(*mnist.x_test[:2])))
    page.get_by_role("button", name="As a table").click()
    cells, state = page.locator("#cells input"), page.locator("#table-state")

    expect(cells.nth(1)).to_be_focused()
    expect(state).to_contain_text("2 cells are in doubt")
    page.keyboard.press("Tab")
    expect(cells.nth(3)).to_be_focused()
    page.keyboard.press("4")
    expect(cells.nth(3)).to_have_value("4")
    expect(state).to_contain_text("One cell is in doubt")
    cells.nth(1).focus()
    page.keyboard.press("Enter")
    expect(state).to_contain_text("Every cell")


def test_where_the_reader_does_not_know_stands_a_question_mark(
    service: Any, open_page: Open, mnist: Any
) -> None:
    page = open_page(service)
    seven, *others = mnist.x_test[:40]
    pictures = (scan(seven, np.rot90(other)) for other in others)  # digits that lie are not always digits
    doubtful = next(
        one for one in pictures if service.client.post("/v1/read", content=one).json()["text"] == "7?"
    )
    page.set_input_files("#file", files=as_file(doubtful))

    expect(reading(page)).to_contain_text("?")
    expect(page.locator("#overlay .box.unsure")).to_contain_text("?")
    expect(page.get_by_role("button", name="Digit 2 of 2, not sure")).to_be_visible()


def test_what_the_service_refuses_is_told_in_its_words(service: Any, open_page: Open) -> None:
    page = open_page(service, forgiving=True)
    page.set_input_files("#file", files=as_file(b"no picture at all"))
    said = service.client.post("/v1/explain", content=b"no picture at all").json()["error"]

    expect(page.locator("#note")).to_have_text(said)


def test_a_busy_service_is_retried_after_the_time_it_names(service: Any, open_page: Open) -> None:
    page = open_page(service, forgiving=True)
    busy = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"error": "the service is busy"}}
    page.route("**/v1/explain", lambda route: route.fulfill(**busy))
    draw(page, "7")
    expect(page.locator("#note")).to_have_text("the service is busy")
    page.unroute("**/v1/explain")

    expect(reading(page)).to_have_text("7")
    expect(page.locator("#note")).to_be_empty()


def test_a_correction_is_kept_under_its_right_label(start: Start, open_page: Open, tmp_path: Path) -> None:
    page = open_page(start("--keep", str(tmp_path / "kept")))
    draw(page, "714")
    page.get_by_role("button", name="Digit 2 of 3").click()
    dialog = page.get_by_role("dialog", name="Which digit is it?")
    dialog.get_by_role("button", name=re.compile("^9")).click()

    expect(reading(page)).to_have_text("794")
    expect(page.get_by_text("Saved as 9. Thank you.")).to_be_visible()
    assert kept_in(tmp_path / "kept") == ["9"]
    (kept,) = (tmp_path / "kept").glob("9/*.png")
    height, width = decode(kept).shape
    assert height > 1.2 * width  # it is the 1 that was cut out


def test_a_correction_can_be_taken_back(start: Start, open_page: Open, tmp_path: Path) -> None:
    page = open_page(start("--keep", str(tmp_path / "kept")))
    draw(page, "71")
    expect(page.get_by_role("status").filter(has_text="Read: 7 1.")).to_have_count(1)
    page.locator(".card").nth(1).focus()
    page.keyboard.press("9")
    expect(page.get_by_text("Saved as 9.")).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_text("Saved as 4.")).to_be_visible()
    assert kept_in(tmp_path / "kept") == ["4"]
    page.locator("#take-back").click()

    expect(page.get_by_text("Correction undone.")).to_be_visible()
    expect(reading(page)).to_have_text("71")
    expect(page.locator("#take-back")).to_be_hidden()
    assert kept_in(tmp_path / "kept") == []


def test_a_correction_outlasts_more_writing_and_is_forgotten_with_the_drawing(
    service: Any, open_page: Open
) -> None:
    page = open_page(service)
    draw(page, "7")
    expect(page.get_by_role("status").filter(has_text="Read: 7.")).to_have_count(1)  # all of it has been read
    page.locator(".card").focus()
    page.keyboard.press("2")
    expect(reading(page)).to_have_text("2")
    expect(page.get_by_text("Start the service with --keep DIR")).to_be_visible()
    page.get_by_role("button", name="Digit 1 of 1").click()
    page.get_by_role("button", name="Undo the correction").click()
    expect(reading(page)).to_have_text("7")
    page.keyboard.press("2")
    expect(reading(page)).to_have_text("2")
    draw(page, "  1")
    expect(reading(page)).to_have_text("21")
    page.keyboard.press("Delete")
    draw(page, "7")

    expect(reading(page)).to_have_text("7")


def test_why_no_digit_was_found_is_said_and_which_one_it_is_can_be_taught(
    start: Start, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(start("--keep", str(tmp_path / "kept")))
    draw(page, "x")
    expect(reading(page)).to_have_text("No digit found")
    expect(page.locator("#nothing-found")).to_contain_text("looks like letters, signs or a drawing")
    page.get_by_role("button", name="It is a digit").click()
    page.get_by_role("dialog").get_by_role("button", name="4").click()
    expect(page.get_by_text("Saved as 4.")).to_be_visible()
    assert kept_in(tmp_path / "kept") == ["4"]
    page.locator("#take-back").click()
    expect(page.get_by_text("Correction undone.")).to_be_visible()
    assert kept_in(tmp_path / "kept") == []
    page.keyboard.press("Delete")
    page.locator("#paper").click()

    expect(page.locator("#nothing-found")).to_contain_text("Write larger")


def test_a_picture_is_turned_by_hand(service: Any, open_page: Open, mnist: Any) -> None:
    page = open_page(service)
    page.set_input_files("#file", files=as_file(scan(np.rot90(mnist.x_test[0]))))
    turn = page.get_by_role("button", name="Turn")
    turn.click()

    expect(reading(page)).to_have_text("7")
    upright = page.evaluate("[...document.querySelectorAll('#picture')].map((one) => one.naturalWidth)")
    assert upright == [44]


def test_two_runs_answer_beside_the_reader(start: Start, open_page: Open, runs: Path) -> None:
    page = open_page(start("--runs", str(runs)))
    draw(page, "714")
    rows = page.locator("#answers tr")
    expect(rows.nth(1).locator("td")).to_have_count(3)
    expect(rows.nth(2).locator("td")).to_have_count(3)
    expect(rows.nth(3).locator("td")).to_have_count(3)
    expect(page.locator("#agreement")).to_contain_text(re.compile("They (agree|differ) on"))
    expect(rows.nth(2)).to_contain_text("109,386 parameters")
    first, second = page.get_by_label("First network"), page.get_by_label("Second network")
    assert (first.input_value(), second.input_value()) == ("mlp-128-64", "cnn-32")
    first.select_option("cnn-32")

    expect(rows.nth(2)).to_contain_text("693,962 parameters")
    for _ in range(100):  # both may be asked once more about what was drawn last
        cells = [rows.nth(row).locator("td").all_inner_texts() for row in (2, 3)]
        if cells[0] == cells[1]:
            break
        page.wait_for_timeout(100)
    assert cells[0] == cells[1]
    differing = page.locator("#answers td.differs").count()
    expect(page.locator("#agreement")).to_contain_text("differ" if differing else "agree")


def test_without_runs_there_is_nothing_to_compare(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "7")
    expect(reading(page)).to_have_text("7")

    expect(page.locator("#compare")).to_be_hidden()


def test_the_layers_are_shown_of_the_digit_pointed_at(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "71")
    page.get_by_text("Look inside").click()
    expect(page.locator("#layers figure").first).to_contain_text("First convolution")
    painted = "canvas => canvas.toDataURL()"
    page.locator(".card").nth(0).hover()
    expect(page.get_by_role("img", name="The digit 7 as the network sees it")).to_be_visible()
    page.wait_for_load_state("networkidle")
    of_seven = page.locator("#layers canvas").first.evaluate(painted)
    page.locator(".card").nth(1).hover()
    expect(page.get_by_role("img", name="The digit 1 as the network sees it")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert page.locator("#layers canvas").first.evaluate(painted) != of_seven


def test_a_feature_map_is_enlarged_and_explained(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "7")
    page.get_by_text("Look inside").click()
    expect(page.locator("#enlarged")).to_contain_text("First convolution, map 1 of 24")
    page.get_by_role("button", name="First convolution").press("ArrowRight")
    expect(page.locator("#enlarged")).to_contain_text("First convolution, map 2 of 24")
    maps = page.get_by_role("button", name="Second convolution")
    box = maps.bounding_box()
    assert box is not None
    maps.click(position={"x": box["width"] - 4, "y": 4})

    expect(page.locator("#enlarged")).to_contain_text(re.compile("map 8 of 56.*where this filter responds"))


def test_the_page_tells_that_the_service_is_gone_and_reads_again_when_it_is_back(
    start: Start, open_page: Open
) -> None:
    service = start()
    page = open_page(service, forgiving=True)
    draw(page, "7")
    expect(reading(page)).to_have_text("7")
    paper = page.locator("#paper").bounding_box()
    service.stop()
    draw(page, "71")
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("The service is not responding")
    assert page.locator("#paper").bounding_box() == paper
    page.keyboard.press("Delete")
    draw(page, "14")
    start("--port", str(service.port))

    expect(banner).to_be_hidden()
    expect(reading(page)).to_have_text("14")


def test_a_token_that_is_missing_is_asked_for(start: Start, open_page: Open) -> None:
    service = start()
    page = open_page(service, forgiving=True)
    service.stop()
    start("--port", str(service.port), "--token", "secret")
    draw(page, "7")

    expect(page.get_by_role("alert")).to_contain_text("asks for its token")


@pytest.mark.parametrize("width", [320, 360, 390])  # 320: a screen of 1280 at 400 %
def test_nothing_is_wider_than_a_phone(width: int, start: Start, open_page: Open, runs: Path) -> None:
    phone = {"viewport": {"width": width, "height": 844}, "is_mobile": True, "has_touch": True}
    page = open_page(start("--runs", str(runs)), **phone)
    draw(page, "7143")
    expect(page.locator("#answers tr").nth(2).locator("td")).to_have_count(4)
    page.get_by_text("Look inside").click()
    expect(page.locator("#layers figure").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_telephone_on_its_side_shows_paper_and_reading(service: Any, open_page: Open) -> None:
    page = open_page(service, viewport={"width": 667, "height": 375}, is_mobile=True, has_touch=True)
    draw(page, "714")
    expect(reading(page)).to_have_text("714")

    expect(page.locator("#paper")).to_be_in_viewport(ratio=1)
    expect(reading(page)).to_be_in_viewport(ratio=1)


def test_a_finger_writes(service: Any, open_page: Open) -> None:
    page = open_page(service, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    box = page.locator("#paper").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 40

    def tell(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    tell("touchStart", (x, y))
    for step in range(1, 30):
        tell("touchMove", (x, y + 6 * step))
    tell("touchEnd")

    expect(reading(page)).to_have_text("1")
    assert page.evaluate("scrollY") == 0


def test_ink_is_light_in_the_dark_and_read_all_the_same(service: Any, open_page: Open) -> None:
    page = open_page(service, color_scheme="dark")
    draw(page, "7")

    expect(reading(page)).to_have_text("7")
    assert page.evaluate(
        """() => {
            const { data } = document.querySelector("#paper").getContext("2d").getImageData(0, 0, 9999, 9999);
            return data.some((level, at) => at % 4 === 3 && level === 255 && data[at - 1] > 200);
        }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: Any, service: Any, open_page: Open) -> None:
    page = open_page(service, color_scheme=scheme)
    colours = page.evaluate(
        """() => {
            const style = getComputedStyle(document.documentElement);
            const names = ["ink", "muted", "accent", "on-accent", "paper", "wash", "sheet"];
            const colour = (name) => style.getPropertyValue(`--${name}`).trim();
            return Object.fromEntries(names.map((name) => [name, colour(name)]));
        }"""
    )
    pairs = [(words, ground) for words in ("ink", "muted", "accent") for ground in ("paper", "wash", "sheet")]
    for words, ground in [*pairs, ("on-accent", "accent")]:
        assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 reckons it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    levels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_a_digit_is_written_corrected_and_cleared_without_a_mouse(
    start: Start, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(start("--keep", str(tmp_path / "kept")))
    tab_to(page, "#paper")
    page.keyboard.press("Space")
    for _ in range(15):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.reload()  # or a part of the stroke, read as it was drawn, might be corrected
    expect(reading(page)).to_have_text("1")
    tab_to(page, ".card")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("7")
    expect(reading(page)).to_have_text("7")
    expect(page.get_by_text("Saved as 7")).to_be_visible()
    page.keyboard.press("Delete")

    expect(page.locator(".card")).to_have_count(0)
    assert kept_in(tmp_path / "kept") == ["7"]


def tab_to(page: Page, selector: str) -> None:
    """Press the tab key until the focus is there; on the way it is to be seen wherever it is."""
    for _ in range(30):
        page.keyboard.press("Tab")
        seen, there = page.evaluate(
            """(selector) => [
                getComputedStyle(document.activeElement).outlineStyle !== "none",
                document.activeElement.matches(selector),
            ]""",
            selector,
        )
        assert seen or page.evaluate("document.activeElement === document.body")
        if there:
            return
    pytest.fail(f"the tab key does not lead to {selector}")


def test_cards_are_walked_through_with_arrows(service: Any, open_page: Open) -> None:
    page = open_page(service)
    draw(page, "714")
    expect(page.locator(".card")).to_have_count(3)
    page.locator(".card").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".card").nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".card").nth(2)).to_be_focused()

    expect(page.locator(".card[tabindex='0']")).to_have_count(1)


def test_every_control_has_a_name_and_the_reading_is_announced(
    start: Start, open_page: Open, runs: Path
) -> None:
    page = open_page(start("--runs", str(runs)))
    draw(page, "714")
    expect(page.get_by_role("status").filter(has_text="Read: 7 1 4.")).to_have_count(1)
    expect(page.locator("#answers tr").nth(2).locator("td")).to_have_count(3)
    page.locator(".card").first.click()
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    controls = [
        node
        for node in tree["nodes"]
        if not node["ignored"]
        and node["role"]["value"] in ("button", "combobox", "slider", "application", "link", "img", "dialog")
    ]

    assert len(controls) > 10
    assert [node for node in controls if not node["name"]["value"].strip()] == []
