"""The embedded simulated desktop."""

from hrlctl.desktop.sim.desktop import SimDesktop

__all__ = ["SimDesktop"]
