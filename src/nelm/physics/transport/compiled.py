"""How numba compiles the functions that follow particles.

They are called by thousands of millions and hold nothing but numbers and views of arrays that their caller owns, so
they count no references (`_nrt`): counting them took a fifth of the time. None of them can make an array, which
suits the GPU, too; a batch makes what they need and hands it in.
"""

from __future__ import annotations

from typing import Any

PLAIN: dict[str, Any] = {"fastmath": True, "error_model": "numpy", "_nrt": False}
"""Division by zero gives infinity, sums may be reordered by the compiler, no references are counted."""
INLINED: dict[str, Any] = PLAIN | {"inline": "always"}
"""The same, written into each place that calls it."""
BATCH: dict[str, Any] = {"fastmath": True, "error_model": "numpy", "parallel": True}
"""A loop over batches, one to a thread, that makes what its histories need."""
