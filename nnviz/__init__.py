"""See a neural network learn.

Importing this sets the number of BLAS threads to 1, which only works before NumPy is loaded: for the small products of
such networks more threads are slower, and one thread makes runs repeat to the last bit.
"""

from __future__ import annotations

import os

__version__ = "0.1.0"

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
