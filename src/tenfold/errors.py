"""Everything tenfold raises on purpose.

    TenfoldError
    ├── InputError             what the user gave cannot be used; the command line exits with 2
    │   └── ImageError         a picture cannot be read
    │       └── ReadingTimeoutError  reading it would take longer than it may
    ├── ModelError             a reader's model file is missing, damaged or foreign
    ├── DataError              digits are missing, damaged or not what they should be
    │   └── FetchError         no source could be reached, or none had the right bytes
    ├── RunError               a training run cannot be started, resumed or read
    │   ├── RunLockedError     another process is at work in the same folder
    │   └── DivergedError      a run's loss is no number any more
    └── TrackingError          a tracker is not installed, or did not get all that was sent to it

A message says what was expected, what was received, and what to do, in one line.
"""


class TenfoldError(Exception):
    """The root: catch this to catch all that tenfold raises on purpose."""


class InputError(TenfoldError, ValueError):
    """A value, name, path or file from the user cannot be used."""


class ImageError(InputError):
    """A picture cannot be read: it is missing, damaged, too large, or none."""


class ReadingTimeoutError(ImageError):
    """A picture was not read within the time allowed for it."""


class ModelError(TenfoldError):
    """A reader's model file is missing, damaged or foreign."""


class DataError(TenfoldError):
    """Digits are missing, damaged or not what they should be."""


class FetchError(DataError):
    """No source could be reached, or none had the right bytes."""


class RunError(TenfoldError):
    """A training run cannot be started, resumed or read."""


class RunLockedError(RunError):
    """Another process is at work in the same run folder."""


class DivergedError(RunError):
    """A run's loss is no number any more: it was stopped and has no result."""


class TrackingError(TenfoldError):
    """A tracker is not installed, or did not get all that was sent to it."""
