"""Dose engines on one signature: local deposition, kernel, transport."""
