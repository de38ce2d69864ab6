"""Where digits come from: find or fetch, verify, split."""
