"""Desktops: the contract that all backends keep, and the backends."""
