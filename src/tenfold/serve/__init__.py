"""The HTTP service and its page; needs `tenfold[serve]`, never the training stack."""
