"""Tables on the pages agree with the benchmarks' results in JSON."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenfold.reader import confidence, printed

ROOT = Path(__file__).parents[1]
Row = tuple[
    str, str, str, list[str]
]  # page, heading, first cell of the row, patterns of figures in it from left to right


def kept(name: str) -> dict[str, Any]:
    results: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text())
    return results


def rounded(value: float, digits: int) -> str:
    """A pattern: what is kept has three decimals, and a page may have rounded what was measured itself."""
    return "|".join(sorted({f"{value + less:,.{digits}f}" for less in (-0.0005, 0, 0.0005)})).join(
        ("(?:", ")")
    )


def middle(of: dict[str, float], digits: int = 2) -> str:
    return rounded(of["median"], digits)


def ends(of: dict[str, float], digits: int = 2) -> str:
    return rf"\({rounded(of['lowest'], digits)}-{rounded(of['highest'], digits)}\)"


def spread(of: dict[str, float], digits: int = 2, unit: str = "") -> str:
    """The median with its unit, and the range."""
    return f"{middle(of, digits)}{unit} {ends(of, digits)}"


def rows() -> Iterator[Row]:
    yield from beside_the_scripts()
    yield from reading()
    yield from forms()
    yield from reading_speed()
    yield from serving()
    yield from robustness()
    yield from scale()
    yield from performance()
    yield from contrastive_first()
    yield from interchange()
    yield from on_paper()
    yield from fine_tuning()


def beside_the_scripts() -> Iterator[Row]:
    page, heading = "results.md", "## Compared with the documents' own scripts"
    found = kept("against_documents")
    for recipe, ratio in found["time_per_epoch_ratio"].items():
        yield page, heading, recipe, [spread(ratio)]
    for kind, ratio in found["total_ratio"].items():
        yield page, heading, f"all three {kind.upper()}s", [spread(ratio)]
    whole = kept("whole_trainings")
    ratios = whole["ratio_to_cnn-same-32-64-64"]
    script_s = middle(whole["seconds"]["document"], 0)
    fast, strong = (whole["seconds"][name] for name in ("fast", "strong"))
    part = f"1/{1 / ratios['fast']['median']:.0f}"
    yield page, "## In seconds and minutes", "fast", [part, middle(fast, 1), script_s]
    yield page, "## In seconds and minutes", "strong", [middle(ratios["strong"]), middle(strong, 0)]


def reading() -> Iterator[Row]:
    names = {
        "photo_digits": "photo_digits: phone photographs, squared paper",
        "drawn_highres": "drawn_highres: mouse, stylus, scanner",
        "drawn_28": "drawn_28: 28 x 28, hairlines and markers",
        "hwd1000": "hwd1000: one writer, several pens",
        "bhmsds_digits": "bhmsds: photographed sheets, binarised, tight crops",
        "usps": "USPS: ZIP codes, 16 x 16",
        "optdigits_orig32": "optdigits (UCI): binary scans, 32 x 32",
        "photo_numbers": "photo_numbers: strips of digits, whole string",
        "orand_car_a": "ORAND-CAR-A: amounts on cheques, whole string",
    }
    alone, compared = kept("reading_alone"), kept("reading")
    for name, first in names.items():
        of = alone[name]
        if "right" in of:
            figures = [f"{of['right']:.2f}", f"{of['accepted']:.1f}", f"{of['right of the accepted']:.2f}"]
            figures.append(f"{of['calibration error']:.1f}")
        else:
            figures = [f"{of['strings right']:.1f}"]
        both = [f"{compared[name][reader]['right']:.1f}" for reader in ("tenfold", "rapidocr")]
        yield "results.md", "## Reading", first, [f"{of['n']:,}", *figures, *both]


def forms() -> Iterator[Row]:
    names = {
        "single_photos": "single digits, photographed",
        "drawn": "single digits, drawn with the mouse",
        "drawn_boxes": "numbers in drawn boxes",
        "on_a_desk": "sheets on a desk",
        "cells": "cells of tables",
        "comb_fields": "combs",
        "boxes": "boxes",
        "fields": "rows and fields of tables",
        "sums": "written sums",
        "expressions": "equations",
        "pages": "whole pages",
        "all": "all",
    }
    found = kept("pages")
    for name, first in names.items():
        readers = [found[name][reader] for reader in ("tenfold", "rapidocr")]
        kinds = "exact", "right", "wrong", "missing"
        figures = [f"{of[kind]:.1f}" for of in readers for kind in kinds]
        yield "results.md", "### Forms, tables, sums and desks", first, figures


def reading_speed() -> Iterator[Row]:
    page, heading, found = "results.md", "### How long it takes", kept("reading_speed")
    one, batch, whole = found["one_digit"], found["batch_of_10000"], found["processes"]
    yield page, heading, "one normalised digit, compared with ONNX Runtime's defaults", [spread(one["ratio"])]
    yield (
        page,
        heading,
        "10,000 digits, compared with ONNX Runtime, the faster of two ways",
        [spread(batch["ratio"])],
    )
    keras = found["keras_predict_takes_times_as_long"]["one"]
    yield page, heading, "one 28 x 28 crop through `read_digits`", [spread(one["read_digits_us"], 0, " µs")]
    yield page, heading, "Keras' `model.predict`, one normalised digit", [spread(keras, 0)]
    pages = [spread(whole[f"page_{which}_s"], unit=" s") for which in ("first", "later")]
    yield page, heading, "a page of 12 megapixels, first and later readings", pages
    yield page, heading, "its peak of memory, the process in all", [spread(whole["page_peak_mb"], 0, " MB")]
    yield page, heading, "`tenfold read x.png` as a process", [spread(whole["tenfold_read_s"], unit=" s")]
    yield page, heading, "`tenfold --help`", [spread(whole["tenfold_help_s"], unit=" s")]


def serving() -> Iterator[Row]:
    page, heading, found = "results.md", "## Serving", kept("service")
    yield page, heading, "from the command to the first answer", [middle(found["start_s"])]
    for first, workers in (
        ("single-digit PNGs, 16 clients, one worker", 1),
        ("the same, two workers", 2),
    ):
        of = found["single_digit_png_beside_a_bare_route"][f"{workers} workers"]
        figures = [middle(of["ratio"]), f"{of['per_second']:,}", middle(of["p99_ms"], 0)]
        yield page, heading, first, figures
    soak, slow = found["soak"], found["beside_200_slow_clients"]["ratio_of_p99"]
    first = f"ten minutes of 20 clients, {soak['answers']['200']:,} requests"
    yield page, heading, first, [f"{soak['growth_mb']}"]
    yield page, heading, "with 200 more clients that send a byte a second", [middle(slow), ends(slow)]
    bombs, killed = found["100_bombs"], found["workers_killed"]
    figures = [f"{bombs['longest_ms']}", f"{bombs['memory_growth_mb']}"]
    yield page, heading, "100 image bombs of 3.6 gigapixels", figures
    figures = [
        f"{killed['answers']['200']:,}",
        f"{killed['answers']['0']}",
        f"{killed['ready_again_after_s']}",
    ]
    yield page, heading, "`kill -9` of one of two workers, then of both", figures
    changed = f"{found['model_changed']['answers']['200']:,}"
    yield page, heading, "three changes of the model", [changed]
    lag = kept("page_latency")
    first = "the page: from the pen's move to the frame that shows its reading"
    yield page, heading, first, [f"{lag['median_ms']:.0f}", f"{int(lag['p95_ms'])}"]


def robustness() -> Iterator[Row]:
    page, heading, found = "results.md", "## Robustness", kept("hostile")["pictures"]
    for first, name in {
        "digits of 32 pixels": "digits of 32",
        "digits": "digits",
        "pepper": "pepper",
        "digits of 64 pixels": "digits of 64",
        "digits, 50 megapixels, RGBA": "digits, 50 megapixels, RGBA",
        "blobs, 50 megapixels, TIFF": "blobs, 50 megapixels, TIFF compression=tiff_lzw",
        "dither 872 x 532": "dither 872 x 532",
        "bars 3 x 18": "bars 3 x 18",
        "pepper on A4 at 200 dpi, 0.2 %": "pepper on A4 at 200 dpi, 0.2 %",
    }.items():
        yield page, heading, first, [f"{found[name]['cpu_s']:.2f}", f"{found[name]['peak_mib']}"]
    kinds = {of["kind"]: of for of in kept("decoding_memory")["kinds"]}
    for first, names in {
        "PNG: RGBA of 16 bits, RGBA interlaced or not, RGB, LA": (
            "PNG, RGBA of 16 bits", "PNG, RGBA, interlaced", "PNG, RGBA", "PNG, RGB", "PNG, LA",
        ),
        "JPEG: RGB, turned by EXIF, CMYK, grey": ("JPEG, RGB", "JPEG, turned", "JPEG, CMYK", "JPEG, L"),
        "GIF, BMP": ("GIF", "GIF, transparent", "BMP"),
        "WebP: refused beyond 15 million pixels": ("WEBP", "WEBP, transparent", "WEBP, lossless"),
    }.items():  # fmt: skip
        figures = [span([kinds[name][when] for name in names]) for when in ("peak", "after")]
        yield page, "### Memory of one large picture", first, figures


def span(values: list[int]) -> str:
    return str(min(values)) if min(values) == max(values) else f"{min(values)}-{max(values)}"


def scale() -> Iterator[Row]:
    page, heading, cluster, bulk = "results.md", "## Scale", kept("cluster"), kept("bulk")
    first = "a study of 16 short runs on Ray, compared with this machine's processes"
    yield page, heading, first, [spread(cluster["ray_over_local"], 2)]
    times, cpu = bulk["ray_takes_times_as_long"], bulk["ray_takes_times_as_many_cpu_s"]
    first = "100,000 digits read by Ray Data, compared with this machine's processes"
    yield page, heading, first, [spread(times), spread(cpu)]
    one_core = spread(bulk["read_digits_images_per_s_on_one_core"], 0)
    yield page, heading, "`read_digits`, one process on one core with the machine to itself", [one_core]
    rates = [spread(bulk[engine]["images_per_s_per_core"], 0) for engine in ("local", "ray")]
    yield page, heading, "digits a second and core, both cores at work: local, Ray", rates
    peaks = [middle(bulk[engine]["peak_mb"], 0) for engine in ("local", "ray")]
    yield page, heading, "memory of all processes at their peak: local, Ray", peaks


def performance() -> Iterator[Row]:
    page = "performance.md"
    for recipe, of in kept("training").items():
        if recipe != "machine":
            shares = [
                f"{100 * of[f'{way}_share_of_peak']['median']:.0f} %"
                for way in ("document", "torch", "tenfold")
            ]
            ratios = [spread(of[f"{way}_ratio"]) for way in ("torch", "tenfold")]
            yield page, "share of peak", recipe, [*shares, *ratios]
    growth = kept("growth")
    for first, key, of, digits in (
        ("images: seconds", "images_times", "seconds", 1),
        ("images: peak of memory, MB", "images_times", "megabytes", 0),
        ("seeds: seconds", "seeds", "seconds", 1),
        ("seeds: peak of one process, MB", "seeds", "megabytes", 0),
    ):
        yield page, "## How cost grows", first, [middle(one[of], digits) for one in growth[key].values()]


def contrastive_first() -> Iterator[Row]:
    page, found = "metric-learning.md", kept("metric_pretraining")
    for labels, first in {"10": "10", "100": "100", "1000": "1,000", "6000": "all, about 6,000"}.items():
        of = found[labels]
        accuracies = [of["test_accuracy"][way] for way in ("fast", "metric-pretrained")]
        means = [f"{100 * one['mean']:.2f} ± {100 * one['standard_deviation']:.2f}" for one in accuracies]
        differences = {
            name: points(of[name]["difference"]) for name in of if name not in ("epochs", "seconds")
        }
        figures = [str(of["epochs"]), *means, differences.pop("test_accuracy")]
        yield page, "## Is it better?", first, figures
        yield page, "| labels per digit | shifted", first, list(differences.values())


def interchange() -> Iterator[Row]:
    found = [of for recipe, of in kept("interchange").items() if recipe != "machine"]
    for first, runtime in (
        ("ONNX, by ONNX Runtime", "ONNX"),
        (".keras, by Keras", "Keras"),
        ("SavedModel, by TensorFlow without Keras", "SavedModel"),
    ):
        largest = max(of[runtime]["difference"] for of in found)
        classes = "none" if not any(of[runtime]["other_classes"] for of in found) else "some"
        yield "results.md", "## Interchange", first, [f"{largest:.1e}" if largest else "0", classes]


def on_paper() -> Iterator[Row]:
    found = kept("on_paper")
    for pictures, key in (
        ("single digits of 1 kB, in tars of 10,000", "digits"),
        ("pictures with lines of digits, of 57 kB", "pages"),
    ):
        heading = f"| {pictures} "  # the table leaves the first cell empty below
        for of in found[key]["table"]:
            machines, share = f"{of['machines']:,}", 100 * max(of["next"].values())
            figures = [f"{of['core_hours']:,}", f"{rounded(share, 0)} %"]
            yield "scale.md", heading, machines, figures


def points(of: dict[str, float]) -> str:
    mean, low, high = (f"{100 * of[key]:+.2f}".replace("-", "−") for key in ("mean", "low", "high"))
    return re.escape(f"{mean} ({low} to {high})")


def fine_tuning() -> Iterator[Row]:
    found = kept("fine_tuning")
    sources = [found[name] for name in ("one_source", "pseudo_writer", "pen_strokes")]
    for first, what, figure in (
        ("right", "others", "right"),
        ("accepted", "others", "accepted"),
        ("right of the accepted", "others", "right of the accepted"),
        ("MNIST's test images right", "mnist_test", "right"),
        ("MNIST's test images accepted", "mnist_test", "accepted"),
    ):
        pairs = [[of[when][what][figure] for when in ("before", "after")] for of in sources]
        figures = [f"{before:.2f} → {after:.2f}" for before, after in pairs]
        yield "fine-tuning.md", "## What it is worth", first, figures


@pytest.mark.parametrize(("page", "heading", "first", "figures"), list(rows()), ids=lambda of: str(of)[:40])
def test_a_table_agrees_with_the_measurements(
    page: str, heading: str, first: str, figures: list[str]
) -> None:
    _, found, text = (ROOT / "docs" / page).read_text(encoding="utf-8").partition(heading)
    assert found, f"{page} has no {heading!r}"
    line = next(line for line in text.splitlines() if line.startswith((f"| {first} |", f"|  | {first} |")))
    in_order = r".*?".join(rf"(?<![\d.,]){figure}(?!\d)" for figure in figures)
    assert re.search(in_order, line.removeprefix(f"| {first}")), f"{line}\nlacks, in this order: {figures}"


def test_the_weights_of_evenness_are_those_that_the_benchmark_fitted() -> None:
    fitted = kept("printed_numbers")["fitted"]

    assert [fitted["deviation"], fitted["offset"]] == [printed.DEVIATION, printed.OFFSET]


def test_the_weights_of_evidence_are_those_that_the_benchmark_fitted() -> None:
    fitted = kept("confidence")
    names = "own", "others", "offset", "line", "line offset"

    assert [fitted[name] for name in names] == [
        confidence.OWN,
        confidence.OTHERS,
        confidence.OFFSET,
        confidence.LINE,
        confidence.LINE_OFFSET,
    ]
