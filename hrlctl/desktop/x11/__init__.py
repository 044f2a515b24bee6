"""Real programs on private displays of their own."""

from hrlctl.desktop.x11.desktop import X11Desktop

__all__ = ["X11Desktop"]
