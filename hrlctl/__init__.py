"""hrlctl: train, evaluate and export an agent that operates a computer desktop."""

__version__ = "0.1.0"
