"""A tuning's report.html, a self-contained file."""

from pathlib import Path
from typing import Any

from tenfold import wording
from tenfold.files import as_typed, write_text
from tenfold.recipes import Recipe
from tenfold.reporting.page import data_name, render
from tenfold.tuning import charts
from tenfold.tuning.findings import Findings


def write_page(findings: Findings, recipe: Recipe, recipe_file: Path, path: Path) -> None:
    """Write the page atomically. Raises OSError from the file system."""
    write_text(path, render("tuning.html.j2", _context(findings, recipe, recipe_file)))


def _context(findings: Findings, recipe: Recipe, recipe_file: Path) -> dict[str, Any]:
    space = recipe.space or {}
    return {
        "findings": findings,
        "data_name": data_name(findings.data),
        "headline": headline(findings),
        "standfirst": standfirst(findings),
        "history": charts.draw_history(findings) if findings.trials else "",
        "importance": charts.draw_importance(findings.importance) if findings.importance else "",
        "fields": charts.draw_fields(findings, space) if findings.trials else [],
        "space": {charts.in_words(name): (name, range_) for name, range_ in space.items()},
        "colour_of": lambda trial: charts.colour_of(trial, findings),
        "colours": {"tried": charts.TRIED, "own": charts.OWN, "best": charts.BEST},
        "recipe_file": recipe_file.name,
        "next": f"tenfold study {findings.recipe} {as_typed(recipe_file)} --seeds 5",
    }


def headline(findings: Findings) -> str:
    """The result in a sentence."""
    name, best, gain = findings.recipe, findings.best, findings.gain
    if best is None:
        return f"The search for better values of {name} has begun"
    if gain is None:
        return f"{name}, tuned, reads {wording.percent(best.accuracy or 0)} of the held-out images right"
    if gain <= 0:
        return f"No trial was more accurate than {name} with its own values"
    return f"{name}, tuned, gains {wording.points(gain)} points on the held-out images"


def standfirst(findings: Findings) -> str:
    """The comparison with the recipe's own values, and how reliable it is."""
    best, own = findings.best, findings.own
    images = wording.count(findings.held_out_images)
    if best is None or own is None:
        return f"Trials are compared on {images} held-out images, the same for all."
    before = (
        f"The recipe’s own values read {wording.percent(own.accuracy or 0)} of {images} held-out images right"
    )
    if best == own:
        return f"{before}, the best of {wording.plural(len(findings.trials), 'trial')}."
    doubt = (
        "chance could explain this difference on so few images, the more so as the best was chosen on them."
        if findings.within_chance
        else "more than chance explains on this many images; but as the best was chosen on them, expect "
        "somewhat less on others."
    )
    return f"{before}, and those of trial {best.number} read {wording.percent(best.accuracy or 0)}: {doubt}"
