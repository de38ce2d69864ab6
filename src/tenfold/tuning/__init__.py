"""Better values for a recipe's fields, looked for with Optuna on held-out images alone.

tune      the whole of it: search, report, recipe file
search    which trial is next, which is given up; one study for all processes that work in a folder
journal   the file in which Optuna keeps the study
space     the fields that are searched
findings  what came of the trials
charts    figures of it
page      its report
"""

from tenfold.tuning.findings import Findings, Trial
from tenfold.tuning.search import require_optuna
from tenfold.tuning.tune import TuningListener, default_tuning_folder, tune

__all__ = ["Findings", "Trial", "TuningListener", "default_tuning_folder", "require_optuna", "tune"]
