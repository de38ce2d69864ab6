"""How far apart a network's answers are in Keras and, exported, in ONNX Runtime, Keras anew, and TensorFlow.

usage: python benchmarks/interchange.py [RECIPE ...]

Trains each recipe for an epoch and exports it in three formats, each of which is loaded again by its own
runtime in a new process and compared on 1,000 test images (tenfold.export). Prints the largest difference of
a probability, and keeps it in benchmarks/results/.
"""

import argparse
import tempfile
from pathlib import Path

from ratios import keep
from tenfold.export.export import export_run
from tenfold.recipes import DOCUMENTED
from tenfold.study import run_single
from tenfold.training.progress import ignore

DEFAULT = (*DOCUMENTED, "fast", "strong", "best", "metric-pretrained")
FILES = {"ONNX": "model.onnx", "Keras": "model.keras", "SavedModel": "model"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=list(DEFAULT))
    recipes = parser.parse_args().recipes
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for recipe in recipes:
            run = run_single(recipe, epochs=1, out=folder / recipe)
            told = {
                form: export_run(run, folder / f"{recipe}-{file}", ignore) for form, file in FILES.items()
            }
            results[recipe] = {
                form: {
                    "images": agreement.images,
                    "difference": agreement.difference,
                    "other_classes": agreement.other_classes,
                }
                for form, agreement in told.items()
            }
            print(recipe, results[recipe], flush=True)
    keep("interchange", results)


if __name__ == "__main__":
    main()
