"""The only place that compares therapies: verdicts, order, what to find out, conflicts, sequence."""
