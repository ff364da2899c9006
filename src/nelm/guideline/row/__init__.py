"""A case as one row of facts: what is stated, what follows from it at once, and where it stands."""

from nelm.guideline.row.building import PatientRow, row_of

__all__ = ["PatientRow", "row_of"]
