"""Many patients at once: a table of facts in, a table of verdicts out."""

from nelm.cohort.verdicts import cohort_verdicts, write_cohort

__all__ = ["cohort_verdicts", "write_cohort"]
