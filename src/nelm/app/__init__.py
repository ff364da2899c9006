"""One function per use: read, compute, write."""

from nelm.app.planning import case_plan, read_plan

__all__ = ["case_plan", "read_plan"]
