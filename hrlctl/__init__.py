"""hrlctl: train, evaluate and export an agent that operates a computer desktop."""

import importlib
import sys

__version__ = "0.1.0"

# ``gymnasium.make("hrlctl:Desktop-v0")`` imports this package and expects the environment to be
# registered then. The command line must not pay for importing Gymnasium.
if "gymnasium" in sys.modules:
    importlib.import_module("hrlctl.env.registration")
