"""Everything tenfold raises on purpose.

    TenfoldError
    ├── InputError             user input cannot be used; the command line exits with 2
    │   └── ImageError         a picture cannot be read
    │       └── ReadingTimeoutError  reading it takes longer than allowed
    ├── ModelError             a model file is missing, damaged or of another kind
    ├── DataError              digits are missing, damaged or not what they should be
    │   └── FetchError         no source could be reached, or none had the right bytes
    ├── RunError               a training run cannot be started, resumed or read
    │   ├── RunLockedError     another process is using the same folder
    │   └── DivergedError      a run's loss became NaN or infinite
    └── TrackingError          a tracker is not installed, or did not receive everything

A message says what was expected, what was received, and what to do, in one line.
"""


class TenfoldError(Exception):
    """The base class: catch this to catch everything tenfold raises on purpose."""


class InputError(TenfoldError, ValueError):
    """A value, name, path or file from the user cannot be used."""


class ImageError(InputError):
    """A picture cannot be read: it is missing, damaged, too large, or not a picture."""


class ReadingTimeoutError(ImageError):
    """A picture was not read within the time allowed for it."""


class ModelError(TenfoldError):
    """A model file is missing, damaged or of another kind."""


class DataError(TenfoldError):
    """Digits are missing, damaged or not what they should be."""


class FetchError(DataError):
    """No source could be reached, or none had the right bytes."""


class RunError(TenfoldError):
    """A training run cannot be started, resumed or read."""


class RunLockedError(RunError):
    """Another process is using the same run folder."""


class DivergedError(RunError):
    """A run's loss became NaN or infinite: it was stopped and has no result."""


class TrackingError(TenfoldError):
    """A tracker is not installed, or did not receive everything."""
