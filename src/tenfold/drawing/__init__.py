"""Charts, network diagrams and digits as SVG in light and dark; independent of runs and recipes.

plot          the basis of every chart: axes, points and lines as SVG, on a page or as a file
architecture  a network diagram
digits        digits inside pages and drawings
drawing       a picture that shows itself in a notebook and can be saved
shapes        an SVG of ours parsed into lines, areas and words with their colours
raster        these shapes as pixels
"""

from tenfold.drawing.drawing import Drawing, arrange, stack

__all__ = ["Drawing", "arrange", "stack"]
