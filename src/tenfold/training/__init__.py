"""One training, from its settings to the finished run folder."""
