import subprocess
import sys

HEAVY = ("keras", "tensorflow", "jax", "torch", "sklearn", "scipy", "pandas", "matplotlib")


def test_data_and_imaging_import_nothing_of_the_training_side() -> None:
    program = (
        "import sys, tenfold.data, tenfold.imaging.decode, tenfold.imaging.ink, tenfold.imaging.normalize\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
