"""Derived facts: named expressions over the raw facts, one file per field of medicine."""
