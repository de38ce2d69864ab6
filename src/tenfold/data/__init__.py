"""Where digits come from: find or fetch, verify, split."""

from tenfold.data.dataset import Dataset, summarize
from tenfold.data.mnist import fetch, load_fashion_mnist, load_mnist

__all__ = ["Dataset", "fetch", "load_fashion_mnist", "load_mnist", "summarize"]
