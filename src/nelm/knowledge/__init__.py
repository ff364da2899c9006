"""Numbers, statements, trials and disagreements with their sources; read from TOML, passed as arguments."""

from nelm.knowledge.entries import (
    Arm,
    Disagreement,
    Entry,
    Outcome,
    Source,
    Status,
    Trial,
    View,
    sources_of,
    weakest,
)
from nelm.knowledge.loading import KNOWLEDGE_VERSION, Knowledge, file_names, load_knowledge

__all__ = [
    "KNOWLEDGE_VERSION",
    "Arm",
    "Disagreement",
    "Entry",
    "Knowledge",
    "Outcome",
    "Source",
    "Status",
    "Trial",
    "View",
    "file_names",
    "load_knowledge",
    "sources_of",
    "weakest",
]
