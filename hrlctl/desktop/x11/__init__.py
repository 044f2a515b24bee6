"""Real programs on private displays of their own. Needs the extra ``x11``."""
