"""Answers about a number known as an interval, as the tables of dose steps ask for them."""

from nelm.quantities.answers import at_least, at_most

__all__ = ["at_least", "at_most"]
