"""Send runs to MLflow and TensorBoard. The run folder is the source of truth; trackers get a copy.

target          the values of --track and --to
background      send during training, and afterwards
sender          the process that sends
record          a run folder as flat names and numbers
error_charts    confusion matrix and mistakes as pictures
on_mlflow       a run in MLflow
mlflow_model    its network as an MLflow model
on_tensorboard  a run in TensorBoard
event_file      the file that TensorBoard reads

Training code does not know about trackers.
"""

from tenfold.tracking.background import send, track_in_background
from tenfold.tracking.record import begun_runs
from tenfold.tracking.target import Target, parse_target

__all__ = ["Target", "begun_runs", "parse_target", "send", "track_in_background"]
