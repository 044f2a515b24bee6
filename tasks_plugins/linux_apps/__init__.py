"""Everyday work with real programs on a private display. See ``pack.yaml``."""
