"""Runs on the pages of MLflow and TensorBoard. The run folder is the truth; trackers get a copy of it.

target          where to: what --track and --to may say
beside          send while training goes on, and afterwards
sender          the process that sends
record          what a run folder says, as flat names and numbers
pictures        what a run got wrong, as pictures
on_mlflow       a run as MLflow shows it
mlflow_model    its network, as a model of MLflow's
on_tensorboard  a run as TensorBoard shows it
event_file      the file that TensorBoard reads

Nothing that trains knows of trackers.
"""

from tenfold.tracking.beside import send, track_beside
from tenfold.tracking.record import begun_runs
from tenfold.tracking.target import Target, parse_target

__all__ = ["Target", "begun_runs", "parse_target", "send", "track_beside"]
