"""How it is trained: one file per recipe."""
