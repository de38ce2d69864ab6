"""report.html, a self-contained file."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from tenfold import wording
from tenfold.browser.script import script_of
from tenfold.data.doubtful import is_published
from tenfold.drawing.digits import Digit, data_uri
from tenfold.drawing.plot import colour_style, define_marks, shape_of, style_sheet
from tenfold.errors import RunError
from tenfold.files import write_json, write_text
from tenfold.reporting import charts, curves, digit_images
from tenfold.reporting.conclusion import Sentence
from tenfold.reporting.finished_models import FinishedModel
from tenfold.reporting.measures import Measures, things_of
from tenfold.reporting.networks import candidates_of, pack_networks
from tenfold.reporting.results import Results, find, to_plain
from tenfold.reporting.system_view import ShownDigit, SystemView, view_answers, view_system
from tenfold.reporting.systems import System, sort_runs
from tenfold.runs.run import Run

_DISTURBANCES = (
    ("shift", "Shifted", "pixels, mean over left, right, up and down"),
    ("rotation", "Rotated", "degrees, mean over both directions"),
    ("noise", "Noisy", "standard deviation of the noise, in grey levels of 255"),
)
USAGE_FILE = "usage.json"  # in the study's folder: how well it used the cores
_WORST_TO_PICK = 6  # mistakes per system among the images to choose from
_STANDFIRST = ("kinds", "margin")


def write_report(runs: Sequence[Run], folder: Path, models: Sequence[FinishedModel] = ()) -> Path:
    """Write results.json and report.html, each atomically, into `folder`; return report.html's path.

    Needs only the folders of finished or diverged runs, and optionally finished `models`. If `folder` has
    figures on how well a study used its cores, the page shows them. Raises InputError if the runs cannot be
    compared, RunError if one cannot be read, OSError if `folder` cannot be written to.
    """
    findings = find(sort_runs(runs), models)
    page = render_page(findings, _read_usage(folder / USAGE_FILE))
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "results.json", to_plain(findings))
    path = folder / "report.html"
    write_text(path, page)
    return path


def render_page(findings: Results, usage: dict[str, Any] | None = None) -> str:
    """The whole page as HTML."""
    colours = {system.label: colour for colour, system in enumerate(findings.study.systems)}
    named = partial(_mark_names, colours=colours)
    return render("page.html.j2", {**_context(findings), "usage": usage}, named)


def render(template: str, context: Mapping[str, Any], named: Callable[[str], str] = escape) -> str:
    """A page in the common style as HTML; `named` turns text with systems' names into HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tenfold.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        name: getattr(wording, name)
        for name in ("percent", "percent_range", "points", "p_bare", "count", "compact", "duration")
    } | {"microseconds": wording.microseconds, "bytes": wording.bytes_, "plural": wording.plural}
    environment.filters["named"] = _safe(named)
    environment.globals |= {
        "colour_style": _safe(colour_style),
        "define_marks": _safe(define_marks),
        "shape_of": shape_of,
    }
    html = environment.get_template(template).render(style=style_sheet() + _page_style(), **context)
    return re.sub(r"\n\s*\n+", "\n", html)


def _page_style() -> str:
    return files("tenfold.reporting").joinpath("templates/style.css").read_text(encoding="utf-8")


def _read_usage(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        usage: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{path} cannot be read: {error}; delete it") from None
    return usage


def _safe(render: Callable[..., str]) -> Callable[..., str]:
    """`render`, with its output marked as HTML for Jinja."""
    from markupsafe import Markup

    return lambda *values: Markup(render(*values))  # noqa: S704


def _mark_names(words: str, colours: dict[str, int]) -> str:
    """`words` as HTML, with every system's name on one line and underlined in its colour."""
    names = {escape(label): colour for label, colour in colours.items()}
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(
        rf"(?<![\w-])({pattern})(?![\w-])",
        lambda found: f'<span class="ref"{colour_style(names[found[0]])}>{found[0]}</span>',
        escape(words),
    )


def _context(findings: Results) -> dict[str, Any]:
    systems, measures = findings.study.systems, findings.measures
    colours = {system.label: colour for colour, system in enumerate(systems)}
    class_names = findings.data["class_names"]
    views = [
        view_system(system, of_system, colours[system.label], class_names)
        for system, of_system in zip(systems, measures, strict=True)
    ]
    sentences = {sentence.topic: sentence.text for sentence in findings.sentences}
    standfirst = " ".join(sentences[topic] for topic in _STANDFIRST if topic in sentences)
    things, sample = things_of(class_names), _sample(systems[0])
    networks, shown, left_out = pack_networks(candidates_of(findings.study, findings.models), class_names)
    return {
        "headline": sentences["headline"],
        "all_as_written": all(of_system.as_written for of_system in measures),
        "standfirst": standfirst or sentences["accuracy"],
        "sentences": _listed(findings.sentences, things, shown=_STANDFIRST if standfirst else ("accuracy",)),
        "data": findings.data,
        "data_name": _name_of_data(findings.data),
        "things": things,
        "class_shares": _class_shares(findings.data),
        "measures": measures,
        "unbalanced": measures[0].balance.unbalanced,
        "views": views,
        "colours": colours,
        "runs": findings.runs,
        "seeds": sorted({len(system.runs) for system in systems}),
        "accuracies": charts.draw_accuracies(measures, _per_seed(systems), colours, findings.model_measures),
        "costs": charts.draw_costs(measures, colours),
        "comparisons": findings.comparisons,
        "models": [
            (of_model, view_answers(model.predictions, class_names))
            for of_model, model in zip(findings.model_measures, findings.models, strict=True)
        ],
        "model_comparisons": findings.model_comparisons,
        "pair_of": {(pair.name_a, pair.name_b): pair for pair in findings.comparisons},
        "overlap": charts.draw_overlap(findings.comparisons, colours),
        "disturbances": [
            _disturbance(measures, colours, len(class_names), sample, *each) for each in _DISTURBANCES
        ],
        "effects": findings.effects,
        "permutation": charts.draw_permutation(findings.effects, colours) if findings.effects else "",
        "sample": None if sample is None else data_uri(sample),
        "sample_permuted": None if sample is None else digit_images.permuted(sample),
        "first_look": findings.first_look,
        "made": _describe_making(systems),
        "networks": networks,
        "shown_networks": shown,
        "left_out": left_out,
        "script": _script() if networks else "",
        "choices": _choices(views),
        "versions": systems[0].first.recipe["versions"],
    }


_TOPICS = {
    "diverged": "Without a result",
    "balance": "What accuracy hides",
    "accuracy": "Accuracy",
    "kinds": "With and without convolutions",
    "margin": "By how much",
    "certainty": "Certainty",
    "classes": "What is hardest",
    "cost": "Cost",
    "shift": "Shifted {things}",
    "rotation": "Rotated {things}",
    "noise": "Noisy {things}",
    "permutation": "Pixels out of order",
    "loss": "Loss",
    "overfitting": "Over- or underfitting?",
    "confidence": "Calibration",
    "documents": "What the documents state",
    "as written": "As written",
    "models": "Models from files",
}


def _listed(sentences: Sequence[Sentence], things: str, shown: Sequence[str]) -> list[tuple[str, str]]:
    """(heading, sentence) for each sentence whose topic is neither the headline nor one of `shown`."""
    return [
        (_TOPICS[sentence.topic].format(things=things), sentence.text)
        for sentence in sentences
        if sentence.topic not in ("headline", *shown)
    ]


def _name_of_data(data: dict[str, Any]) -> str:
    published = is_published(data["sha256"], data["class_names"])
    return data_name(data["name"]) if published else str(data["name"])


def data_name(name: str) -> str:
    """A data set's name as people write it."""
    return {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}.get(name, name)


def _class_shares(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Per class: its name, numbers of training and test images, and both relative to the largest class."""
    train, test = data["train"]["images_per_class"], data["test"]["images_per_class"]
    largest_train, largest_test = max(*train.values(), 1), max(*test.values(), 1)
    return [
        {
            "name": name,
            "train": train[name],
            "test": test[name],
            "train_share": train[name] / largest_train,
            "test_share": test[name] / largest_test,
        }
        for name in train
    ]


def _describe_making(systems: Sequence[System]) -> list[str]:
    """When the newest run was trained, with which versions and on what machine."""
    recipes = [run.recipe for system in systems for run in system.runs]
    newest = max(recipes, key=lambda recipe: str(recipe["started"]))
    names = {"python": "Python", "keras": "Keras", "numpy": "NumPy", "tensorflow": "TensorFlow"}
    versions = [f"{names.get(package, package)} {version}" for package, version in newest["versions"].items()]
    machine = newest.get("machine")  # missing in runs of earlier versions
    return [f"Trained {newest['started'][:10]}", ", ".join(versions), *([machine] if machine else [])]


def _script() -> str:
    """The script that runs the networks."""
    folders = files("tenfold.reporting").joinpath("script"), files("tenfold.browser").joinpath("modules")
    return script_of("live", folders)


def _choices(views: Sequence[SystemView]) -> list[ShownDigit]:
    """The test images to choose from: the first ones, then each network's worst mistakes, without repeats."""
    first = {digit.index: digit for digit in views[0].first}
    worst = {digit.index: digit for view in views for digit in view.answers.mistakes[:_WORST_TO_PICK]}
    return list({**first, **worst}.values())


def _per_seed(systems: Sequence[System]) -> dict[str, list[float]]:
    return {system.label: [run.result["test_accuracy"] for run in system.runs] for system in systems}


def _sample(system: System) -> Digit | None:
    """The first test image, to show disturbances on."""
    images = system.first.predictions.images
    return images[0] if len(images) else None


def _disturbance(
    measures: Sequence[Measures],
    colours: dict[str, int],
    n_classes: int,
    sample: Digit | None,
    name: str,
    title: str,
    x_title: str,
) -> dict[str, Any]:
    drawn = [(system.label, getattr(system, name)) for system in measures]
    levels = drawn[0][1].levels
    return {
        "title": title,
        "unit": x_title,
        "plot": curves.draw_disturbance(drawn, colours, x_title=x_title, chance=1 / n_classes),
        "pictures": [] if sample is None else digit_images.disturbed(sample, name, levels),
        "levels": levels,
        "curves": drawn,
    }
