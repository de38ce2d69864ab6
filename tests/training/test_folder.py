"""An existing run in a folder: the same run resumes, one with other settings is named and refused."""

import json
import linecache
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold import train
from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.engines import LocalEngine
from tenfold.errors import DivergedError, InputError, RunError
from tenfold.evaluation import class_balance
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import load_recipe, mlp_128_64
from tenfold.reporting import collect_results
from tenfold.runs import Run, open_run
from tenfold.runs.evaluate import evaluate_runs
from tenfold.studies import find_ended, plan_study
from tenfold.training.progress import Progress
from tenfold.training.source import digest_of, recipe_digest

set_up_keras(available_cores())

import keras  # noqa: E402

RECIPE = "mlp-128-64"
Edit = Callable[[dict[str, Any]], object]


def weights(run: Run) -> list[np.ndarray]:
    with np.load(run.weights_path) as saved:
        return [saved[name] for name in saved.files]


def same(a: Run, b: Run) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(weights(a), weights(b), strict=True))


@pytest.fixture(scope="module")
def digits(few_digits: Dataset) -> Dataset:
    """Two hundred training images, 180 of them trained on, and fifty test images."""
    return replace(
        few_digits,
        x_train=few_digits.x_train[:200],
        y_train=few_digits.y_train[:200],
        x_test=few_digits.x_test[:50],
        y_test=few_digits.y_test[:50],
    )


@pytest.fixture(scope="module")
def finished(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One epoch, seed 0."""
    return train(RECIPE, digits, epochs=1, out=tmp_path_factory.mktemp("run"))


@pytest.fixture
def run(finished: Run, tmp_path: Path) -> Run:
    """A copy of it, to be changed."""
    return Run(shutil.copytree(finished.path, tmp_path / "run"))


def edit(run: Run, change: Edit) -> None:
    content = json.loads(run.recipe_path.read_text())
    change(content)
    run.recipe_path.write_text(json.dumps(content))


def test_a_finished_run_goes_on_to_more_epochs_as_if_they_had_been_planned(
    run: Run, digits: Dataset, tmp_path: Path
) -> None:
    longer = train(RECIPE, digits, epochs=3, out=run.path)

    assert [row["epoch"] for row in longer.history] == [1, 2, 3]
    assert (longer.settings.epochs, longer.result["epochs"]) == (3, 3)
    assert same(longer, train(RECIPE, digits, epochs=3, out=tmp_path / "at once"))


def test_a_run_whose_learning_rate_depends_on_the_epochs_does_not_go_on_and_says_so(
    digits: Dataset, tmp_path: Path
) -> None:
    run = train("fast", digits, epochs=1, out=tmp_path)

    with pytest.raises(RunError, match="epochs=1 instead of 2, a learning rate that depends on their number"):
        train("fast", digits, epochs=2, out=tmp_path)
    assert not run.checkpoint_path.exists()
    assert run.finished


def earlier_keras(content: dict[str, Any]) -> None:
    content["versions"]["keras"] = "3.5.0"


def earlier_tensorflow(content: dict[str, Any]) -> None:
    content["versions"]["tensorflow"] = "2.16.1"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (earlier_keras, f"keras 3.5.0 instead of {keras.__version__}"),
        (earlier_tensorflow, "tensorflow 2.16.1 instead of 2"),
        (lambda content: content.update(batch_size=64), "batch_size=64 instead of 32"),
        (lambda content: content.update(recipe_sha256="ab" * 32), "another definition of its recipe"),
        (lambda content: content.update(data_sha256="ab" * 32), "other data"),
        (
            lambda content: content.update(callbacks=["EarlyStopping(patience=2)"]),
            r"EarlyStopping\(patience=2\) instead of no callbacks",
        ),
    ],
)
def test_what_was_made_otherwise_is_named_and_refused_finished_or_not(
    run: Run, digits: Dataset, change: Edit, named: str
) -> None:
    edit(run, change)

    for _ in ("finished", "interrupted"):
        with pytest.raises(RunError, match=f"holds a run with {named}.*; choose another folder") as refused:
            train(RECIPE, digits, epochs=1, out=run.path)
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 300
        run.result_path.unlink(missing_ok=True)


def test_callbacks_given_to_a_finished_run_are_not_ignored(finished: Run, digits: Dataset) -> None:
    stop = keras.callbacks.EarlyStopping(patience=2)

    with pytest.raises(RunError, match=r"no callbacks instead of EarlyStopping\(patience=2\)"):
        train(RECIPE, digits, epochs=1, out=finished.path, callbacks=[stop])


def test_an_edited_recipe_is_another_run(
    finished: Run, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlp_128_64, "recipe", replace(mlp_128_64.recipe, learning_rate=0.01))

    with pytest.raises(RunError, match=r"learning_rate=0\.001 instead of 0\.01"):
        train(RECIPE, digits, epochs=1, out=finished.path)


def test_an_edited_recipe_file_is_another_run(digits: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'recipe = "{RECIPE}"\n[changes]\nbatch_size = 50\n')
    train(str(file), digits, epochs=1, out=tmp_path / "run")
    file.write_text(f'recipe = "{RECIPE}"\n[changes]\nbatch_size = 60\n')

    with pytest.raises(RunError, match="batch_size=50 instead of 60"):
        train(str(file), digits, epochs=1, out=tmp_path / "run")


def test_again_retrains_runs_with_other_settings_and_keeps_the_rest(
    finished: Run, run: Run, digits: Dataset
) -> None:
    before = run.weights_path.stat().st_mtime_ns
    assert train(RECIPE, digits, epochs=1, out=run.path, again=True).finished
    assert run.weights_path.stat().st_mtime_ns == before

    edit(run, earlier_keras)
    anew = train(RECIPE, digits, epochs=1, out=run.path, again=True)

    assert anew.weights_path.stat().st_mtime_ns > before
    assert anew.recipe["versions"]["keras"] == keras.__version__
    assert len(anew.history) == 1
    assert same(anew, finished)


def forget(content: dict[str, Any]) -> None:
    """As a run of an earlier version has it."""
    for name in ("recipe_sha256", "callbacks", "learning_rate", "epochs_decide"):
        del content[name]


def test_a_finished_run_of_an_earlier_version_is_kept_reported_and_evaluated(
    run: Run, digits: Dataset
) -> None:
    edit(run, forget)

    assert train(RECIPE, digits, epochs=1, out=run.path).finished
    assert evaluate_runs([open_run(run.path)]).accuracy == run.result["test_accuracy"]
    assert collect_results([Run(run.path)])["runs"][0]["epochs"] == 1


def test_an_unfinished_run_of_an_earlier_version_does_not_go_on(run: Run, digits: Dataset) -> None:
    edit(run, forget)
    run.result_path.unlink()

    with pytest.raises(RunError, match="holds a run with an earlier version of tenfold; choose another"):
        train(RECIPE, digits, epochs=1, out=run.path)


def test_a_study_names_all_runs_that_were_made_otherwise_at_once(
    finished: Run, digits: Dataset, tmp_path: Path
) -> None:
    for seed in range(2):
        run = Run(shutil.copytree(finished.path, tmp_path / f"{RECIPE}-seed-{seed}"))
        edit(run, lambda content, seed=seed: content.update(seed=seed))  # type: ignore[misc]
        edit(run, earlier_keras)
    edit(run, lambda content: content.update(batch_size=64))

    def plan(again: bool) -> list[Path]:
        return [
            task.path
            for task in plan_study(
                [RECIPE], folder=tmp_path, seeds=2, epochs=1, as_written=False, data="mnist",
                data_sha256=digits.sha256, engine=LocalEngine(), again=again,
            )
        ]  # fmt: skip

    with pytest.raises(RunError) as refused:
        plan(again=False)

    version = f"keras 3.5.0 instead of {keras.__version__}"
    assert str(refused.value) == (
        f"{tmp_path} holds runs with {version} ({RECIPE}-seed-0); with batch_size=64 instead of 32, "
        f"{version} ({RECIPE}-seed-1); choose another folder with --out, or retrain with --again"
    )
    assert all(Run(path).finished for path in tmp_path.iterdir())
    assert not any(Run(path).started for path in plan(again=True))


def test_comments_and_formatting_do_not_change_the_definition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(code: str) -> str:
        (tmp_path / "mine.py").write_text(code)
        scope: dict[str, Any] = {}
        exec(compile(code, str(tmp_path / "mine.py"), "exec"), scope)  # noqa: S102
        linecache.checkcache()
        return digest_of(scope["build"])

    first = digest("def build():\n    '''A network.'''\n    return [1, 2]\n")

    assert digest("def build():\n    # small\n    return [1,\n        2]\n") == first
    assert digest("def build():\n    return [1, 3]\n") != first


def test_recipes_with_different_networks_have_different_definitions() -> None:
    digests = {
        name: recipe_digest(load_recipe(name)) for name in ("fast", "strong", "best", "cnn-32", RECIPE)
    }

    assert len(set(digests.values())) == 5


def test_a_loss_of_nan_ends_the_run_at_once_and_says_why(digits: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "hot.toml"
    file.write_text(f'recipe = "{RECIPE}"\n[changes]\nlearning_rate = 10\n')
    told: list[Progress] = []

    class Spoil(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            if epoch == 1:
                self.model.set_weights([weight * np.nan for weight in self.model.get_weights()])

    for _ in ("at once", "and whenever it is asked for"):
        with pytest.raises(DivergedError) as ended:
            train(
                str(file),
                digits,
                epochs=3,
                out=tmp_path / "run",
                callbacks=[Spoil()],
                on_progress=told.append,
            )
        assert str(ended.value) == (
            f"{tmp_path / 'run'} diverged: its loss became NaN or infinite in epoch 2; the learning rate, 10 "
            "there, is probably too high: try a lower one in a recipe file, or look at Spoil"
        )

    run = Run(tmp_path / "run")
    assert max(progress.fraction for progress in told) < 2 / 3, "it ends within the epoch"
    assert len(run.history) == 1
    with pytest.raises(InputError, match="has no result: its loss became NaN or infinite in epoch 2"):
        open_run(run.path)


def test_a_report_names_the_runs_without_a_result(finished: Run, tmp_path: Path) -> None:
    good, bad = (Run(shutil.copytree(finished.path, tmp_path / name)) for name in ("good", "bad"))
    edit(bad, lambda content: content.update(seed=1))
    bad.result_path.unlink()
    bad.diverged_path.write_text(json.dumps({"epoch": 1, "cause": "the learning rate is too high"}))

    results = collect_results(find_ended([tmp_path]))

    assert [run["seed"] for run in results["runs"]] == [0]
    (diverged,) = results["diverged"]
    assert (diverged["recipe"], diverged["seed"], diverged["epoch"]) == (RECIPE, 1, 1)
    sentence = (
        f"{RECIPE} with seed 1 (its loss became NaN or infinite in epoch 1; the learning rate is too high)"
    )
    assert any(sentence in each for each in results["warnings"])
    balance = class_balance(good.predictions.labels, [good.predictions.y_pred])
    assert results["systems"][0]["balance"]["balanced_accuracy"] == balance.balanced_accuracy
