"""nelm: what can be done about neuroendocrine liver metastases, with reasons and sources.

Research and education. Not a medical device, not cleared by anyone; every result is to be reviewed by
qualified people.
"""

__version__ = "0.1.0"
