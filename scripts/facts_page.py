"""Write docs/facts.md: every column of facts with type, unit, words and meaning."""

from __future__ import annotations

from pathlib import Path

from nelm.guideline.facts import FactSpec, fact_specs

PAGE = Path(__file__).parent.parent / "docs" / "facts.md"
HEAD = """# Facts

The columns that a case becomes, and that `nelm cohort` reads. A number may stand in one column (exact) or in two,
`name|low` and `name|high`; an empty cell is *not known*. What was declined,
failed or was not tolerated is no where its column is missing. Made by `scripts/facts_page.py`.

| fact | type | meaning | found out by |
|---|---|---|---|
"""


def row(spec: FactSpec) -> str:
    """One line of the table."""
    kind = spec.kind if spec.kind == "boolean" else spec.unit or ", ".join(spec.values)
    return f"| `{spec.name}` | {kind} | {spec.meaning} | {spec.answered_by} |"


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(row(spec) for spec in fact_specs().values()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
