"""Reading many pictures, from folders, tars and tables into Parquet, on all cores or on a Ray cluster."""

from tenfold.bulk.run import Progress, Summary, read_many

__all__ = ["Progress", "Summary", "read_many"]
