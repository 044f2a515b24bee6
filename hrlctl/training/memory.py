"""How the C library hands out large blocks of memory."""

from __future__ import annotations

import ctypes
import platform

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h of the GNU C library


def keep_freed_memory() -> bool:
    """Let this process keep freed memory instead of giving it back to the system at once.

    A training step allocates and frees the same large tensors again and again; with the GNU C
    library's defaults each allocation maps fresh pages, and touching them for the first time costs
    more than many of the computations. Elsewhere this does nothing.

    Returns:
        Whether the allocator took the settings.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return bool(libc.mallopt(_M_MMAP_MAX, 0) and libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))
