"""The report: figures and one HTML page from finished run folders alone; nothing here trains.

systems       groups runs into systems: the same recipe trained the same way, one run per seed
measures      the figures of a system, and the evidence for the conclusion
results       results.json
conclusion    all sentences, in order
ranking       sentences: which system is best, by how much, how certain that is, and at what cost
finished_models  models from files, outside the ranking
disturbances  sentences: effects of disturbed images and permuted pixels
caveats       sentences: overfitting, calibration, unbalanced classes, diverged runs, runs as written
charts        charts that compare the systems
curves        charts of one system, and of disturbances
digit_images  pictures of digits
system_view   the page's section about one system
shown         a comparison in a notebook
page          the page
"""

from tenfold.reporting.finished_models import ask_models
from tenfold.reporting.page import USAGE_FILE, write_report
from tenfold.reporting.results import collect_results

__all__ = ["USAGE_FILE", "ask_models", "collect_results", "write_report"]
