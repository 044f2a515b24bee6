"""Where things are remembered that can be found out again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """hrlctl's folder in the user's cache (XDG Base Directory Specification); may be missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hrlctl"
