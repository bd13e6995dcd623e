"""The scale of a slider for a weight or a bias, wherever one stands."""

from __future__ import annotations

import math

from nnviz.ui.slider import Scale

NEAREST, FARTHEST = 2.0, 1e300
ROOM = 2.0  # how far the end is at least from a value, as a multiple of it
STEPS = 200  # positions on each side of 0


def value_scale(*values: float) -> Scale:
    """Return a slider's scale on both sides of 0 for values about as large as these: its end is 1, 2 or 5 times a power of ten.

    The first value lies in its inner half, the others have room. Values that are not finite do not count, and it does not
    reach values so large that their distance overflows.
    """
    sizes = [min(abs(value), FARTHEST) if math.isfinite(value) else 0.0 for value in values]
    wanted = max(NEAREST, *(ROOM * size for size in sizes[:1]), *sizes[1:])
    decade = 10.0 ** math.floor(math.log10(wanted))
    end = next(share * decade for share in (1.0, 2.0, 5.0, 10.0, 20.0) if share * decade >= wanted)
    return Scale(-end, end, end / STEPS)
