"""Point kernels that ship with the package, and the way to others: all computed by the project's own transport."""

from nelm.physics.kernels.store import MEDIA, NUCLIDES, kernel_of, kernel_text, shipped_kernel

__all__ = ["MEDIA", "NUCLIDES", "kernel_of", "kernel_text", "shipped_kernel"]
