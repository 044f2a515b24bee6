"""Arrays that several processes write, in memory without a name: nothing is left of it.

The memory is a file that no folder lists. It is handed on as an open file descriptor and is gone
when the last process that holds it has ended, however that ends.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hrlctl.env.arrays import Layout

_ALIGNMENT: Final = 64  # a cache line


class SharedBlock:
    """Zeroed arrays of a layout, one after the other in shared memory.

    Args:
        layout: the arrays.
        descriptor: of a block of the same layout that another process made; it is then this
            object's to close. A new block without.
    """

    def __init__(self, layout: Layout, descriptor: int | None = None) -> None:
        self.layout = layout
        offsets, size = [], 0
        for shape, dtype in layout:
            offsets.append(size)
            length = int(np.prod(shape)) * np.dtype(dtype).itemsize
            size += -(-length // _ALIGNMENT) * _ALIGNMENT
        self.descriptor = _nameless_file(size) if descriptor is None else descriptor
        memory = mmap.mmap(self.descriptor, size)
        # The arrays keep the mapping; it goes with the last of them.
        self.arrays: tuple[npt.NDArray[Any], ...] = tuple(
            np.ndarray(shape, dtype, memory, offset)
            for (shape, dtype), offset in zip(layout, offsets, strict=True)
        )

    def row_of(self, view: npt.NDArray[Any]) -> int | None:
        """Which row of the first array ``view`` begins with, or ``None`` if it lies elsewhere."""
        first = self.arrays[0]
        distance = _address(view) - _address(first)
        return distance // first.strides[0] if 0 <= distance < first.nbytes else None

    def close(self) -> None:
        """Give the descriptor back; the arrays stay."""
        os.close(self.descriptor)


def _address(array: npt.NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _nameless_file(size: int) -> int:
    """A descriptor of ``size`` zeroed bytes, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("hrlctl")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor
