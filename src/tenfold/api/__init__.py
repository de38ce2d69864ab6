"""What `tenfold` offers to programs and notebooks besides its classes; `import tenfold` has all of it.

training    train and fine-tune a network
runs        studies, tuning, and the evaluation of runs
reading     read a picture
in_python   errors that name arguments instead of options
"""
