"""tenfold trains handwritten-digit classifiers, compares them, and reads real handwriting."""
