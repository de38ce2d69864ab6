"""Write MNIST's digits anew: with other hands and pens, on other paper, for other cameras."""

from tenfold.data.synthesis.mixture import Mixture
from tenfold.data.synthesis.world import NO_DIGIT, World

__all__ = ["NO_DIGIT", "Mixture", "World"]
