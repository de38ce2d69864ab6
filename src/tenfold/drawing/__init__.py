"""Pictures of numbers, networks and digits, as SVG in light and dark; knows no run and no recipe.

plot          the ground every figure stands on: axes, points and lines as SVG, on a page or as a file
architecture  a network as a picture
digits        digits inside pages and drawings
drawing       a picture that shows itself in a notebook and can be saved
shapes        an SVG of ours taken apart into lines, areas and words with their colours
raster        these painted as pixels
"""

from tenfold.drawing.drawing import Drawing, arrange, stack

__all__ = ["Drawing", "arrange", "stack"]
