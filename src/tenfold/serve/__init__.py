"""The HTTP service and its page; needs `tenfold[serve]`, never the training stack."""

from tenfold.serve.server import serve
from tenfold.serve.settings import Settings

__all__ = ["Settings", "serve"]
