"""Training data drawn from MNIST and pen strokes: other hands, pens, paper and cameras."""

from tenfold.data.synthesis.mixture import Mixture
from tenfold.data.synthesis.world import NO_DIGIT, World

__all__ = ["NO_DIGIT", "Mixture", "World"]
