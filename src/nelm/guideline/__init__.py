"""Facts, findings, criteria and verdicts: a guideline as a set of columns over patients."""
