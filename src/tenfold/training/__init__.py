"""The engine: `train(recipe, data, seed)` gives a `Run`."""
