"""Hyper-parameter search with Optuna, on held-out images only.

tune      everything together: search, report, recipe file
search    chooses and prunes trials; one study for all processes in a folder
journal   Optuna's file of the study
space     the fields that are searched
findings  the results of the trials
charts    charts of the findings
page      the report
"""

from tenfold.tuning.findings import Findings, Trial
from tenfold.tuning.search import require_optuna
from tenfold.tuning.tune import TuningListener, default_tuning_folder, tune

__all__ = ["Findings", "Trial", "TuningListener", "default_tuning_folder", "require_optuna", "tune"]
