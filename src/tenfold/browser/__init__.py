"""JavaScript modules in `modules/`, shared by the report and the service's page.

ink, stroke, paper  what was written, how it looks, and its picture on the screen
pen, keyboard-pen   writing with mouse, finger, pen and keys
ink-picture         the ink as a picture to read
normalize           a digit of any size as 28 x 28, as tenfold.imaging.normalize does
network             the layers of tenfold.onnx_models.layers, computed
script.py           modules as one script, for pages that are a single file
"""
