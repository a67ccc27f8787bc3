"""Ground School: an autograded data-engineering course in Jupyter notebooks."""

__version__ = "0.1.0"
