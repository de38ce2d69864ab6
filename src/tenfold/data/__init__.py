"""Where digits come from: find or fetch, verify, split."""

from tenfold.data.dataset import Dataset, summarize
from tenfold.data.fetching import fetch
from tenfold.data.folder import load_folder
from tenfold.data.load import load_data
from tenfold.data.mnist import load_fashion_mnist, load_mnist
from tenfold.data.split import stratified_split
from tenfold.data.table import load_csv

__all__ = [
    "Dataset",
    "fetch",
    "load_csv",
    "load_data",
    "load_fashion_mnist",
    "load_folder",
    "load_mnist",
    "stratified_split",
    "summarize",
]
