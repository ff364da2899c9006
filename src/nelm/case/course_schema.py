"""The JSON Schema of the course document, published as ``docs/schema/nelm.course-1.json``.

``python -m nelm.case.course_schema`` prints it. It accepts what the reader accepts, and somewhat more: that of the
embedded case is published on its own (``docs/schema/nelm.case-1.json``).
"""

from __future__ import annotations

import json
import sys

from nelm.case.course_document import COURSE_SCHEMA, CourseDocument
from nelm.case.schema import Node, published_schema


def course_schema() -> Node:
    """JSON Schema (draft 2020-12) of the course document."""
    return published_schema(CourseDocument, COURSE_SCHEMA)


def schema_text() -> str:
    """The schema as the published file holds it."""
    return json.dumps(course_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
