"""tenfold's functions in whatever order a notebook calls them: in new processes, as a notebook's is."""

import os
import subprocess
import sys
from pathlib import Path

ARRAYS = """
import tenfold
mnist = tenfold.load_mnist()
train = mnist.x_train[:1000], mnist.y_train[:1000].astype("uint8")
test = mnist.x_test[:200], mnist.y_test[:200].astype("uint8")
"""
# The user's own network is built, shown and queried before anything is trained, as in the documents.
KERAS_FIRST = """
import keras
model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
model.summary()
model.predict(test[0], verbose=0)
"""
IN_AN_EVENT_LOOP = """
import asyncio
async def cell():
    return tenfold.train("mlp-128-64", (train, test), epochs=1, out="beside", on_progress=told.append)
told = []
beside = asyncio.run(cell())
"""


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_a_training_after_other_use_of_keras_ends_as_one_before(tmp_path: Path) -> None:
    compare = """
assert told[-1].stage == "testing"
print(beside.result["test_accuracy"])
"""
    trained = 'tenfold.train("mlp-128-64", (train, test), epochs=1, verbose=0, out="here")'
    before = run(f'{ARRAYS}print({trained}.result["test_accuracy"])', tmp_path)
    after = run(ARRAYS + KERAS_FIRST + IN_AN_EVENT_LOOP + compare, tmp_path)

    here, beside = ((tmp_path / name / "weights.npz").read_bytes() for name in ("here", "beside"))
    assert here == beside
    assert before.stderr == "", "TensorFlow's log is no user's"
    assert after.stdout.splitlines()[-1] == before.stdout.strip()


# As far as tenfold can see, Keras at work on JAX.
KERAS_ON_JAX = """
import importlib.machinery, sys, types
keras = types.ModuleType("keras")
keras.__spec__ = importlib.machinery.ModuleSpec("keras", None)
keras.config = types.SimpleNamespace(backend=lambda: "jax")
sys.modules["keras"] = keras
"""


def test_if_keras_runs_on_another_backend_training_has_its_own_process(tmp_path: Path) -> None:
    done = run(ARRAYS + KERAS_ON_JAX + IN_AN_EVENT_LOOP + "print(beside.finished)", tmp_path)

    assert done.stdout.split() == ["True"]


def test_errors_name_pythons_arguments_and_callbacks_stay_in_their_process(tmp_path: Path) -> None:
    script = f"""{ARRAYS}
import keras
keras.ops.ones(3)
def refused(**options):
    try:
        tenfold.train("mlp-128-64", (train, test), epochs=1, out="run", verbose=0, **options)
    except tenfold.RunError as error:
        print(error)
refused(callbacks=[keras.callbacks.EarlyStopping()])
tenfold.train("mlp-128-64", (train, test), epochs=2, out="run", verbose=0)
refused()
tenfold.train("mlp-128-64", (train, test), epochs=1, out="run", again=True, verbose=0)
"""
    first, second = run(script, tmp_path).stdout.splitlines()

    assert first.endswith("leave out the callbacks, which stay in this process")
    assert second == (
        "run holds a run with epochs=2 instead of 1; "
        "choose another folder with out=, or retrain with again=True"
    )
