"""The report: figures and one HTML page from finished run folders alone; nothing here trains.

systems       runs sorted into systems: the same recipe trained the same way, a seed each
measures      what a system's runs say together, and what the conclusion has to go on
results       results.json
conclusion    what the figures say: all sentences, in their order
ranking       sentences: who reads best, by how much, how certain that is, and at what cost
finished_models  models in files, which stand beside the ranking
disturbances  sentences: what disturbed images and permuted pixels do
caveats       sentences: overfitting, calibration, unbalanced classes, runs that diverged or are as written
charts        figures that set the systems side by side
curves        figures of one system, and of what disturbances do
digit_images  pictures of digits
system_view   what the page shows of one system
shown         what a comparison shows in a notebook
page          the page
"""

from tenfold.reporting.finished_models import ask_models
from tenfold.reporting.page import USAGE_FILE, write_report
from tenfold.reporting.results import collect_results

__all__ = ["USAGE_FILE", "ask_models", "collect_results", "write_report"]
