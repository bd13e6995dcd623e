"""Arrays that are made once and found again by name, so that linking a plan anew allocates nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


class Buffers:
    """Arrays by name, of one dtype unless another is asked for."""

    def __init__(self, dtype: DTypeLike, prefix: str = "", arrays: dict[str, Array] | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self._prefix, self._arrays = prefix, {} if arrays is None else arrays

    def within(self, prefix: str) -> Buffers:
        """Return the same arrays, with names that begin with this prefix."""
        return Buffers(self.dtype, f"{self._prefix}{prefix}.", self._arrays)

    def take(self, name: str, shape: tuple[int, ...], dtype: DTypeLike | None = None) -> Array:
        """Return the array of this name; zeros at first, and where it had another shape or dtype."""
        key, wanted = self._prefix + name, self.dtype if dtype is None else np.dtype(dtype)
        found = self._arrays.get(key)
        if found is None or found.shape != shape or found.dtype != wanted:
            found = self._arrays[key] = np.zeros(shape, wanted)
        return found

    @property
    def bytes(self) -> int:
        """How much memory all of them take."""
        return sum(array.nbytes for array in self._arrays.values())
