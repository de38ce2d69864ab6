"""Evaluation needs NumPy and nothing heavier; the oracles stay in the tests."""

import subprocess
import sys

PROGRAM = """
import sys
import tenfold.evaluation as evaluation

for name in evaluation.__all__:
    getattr(evaluation, name)
print(*sorted({module.partition(".")[0] for module in sys.modules}))
print(*sorted(module for module in sys.modules if module.startswith("tenfold.")))
"""


def test_importing_evaluation_loads_numpy_alone() -> None:
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    packages, modules = (line.split() for line in output.splitlines())
    heavy = {
        "scipy",
        "sklearn",
        "statsmodels",
        "pandas",
        "matplotlib",
        "keras",
        "tensorflow",
        "cv2",
        "onnxruntime",
    }
    assert heavy.isdisjoint(packages)
    assert all(module == "tenfold.errors" or module.startswith("tenfold.evaluation") for module in modules)
