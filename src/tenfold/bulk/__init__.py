"""Read many pictures, from folders, tars and tables into Parquet, on all cores or on a Ray cluster."""

from tenfold.bulk.run import BulkProgress, BulkSummary, read_many

__all__ = ["BulkProgress", "BulkSummary", "read_many"]
