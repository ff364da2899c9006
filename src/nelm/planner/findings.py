"""Findings of one patient, and what the reader should be warned of."""

from __future__ import annotations

from collections.abc import Iterable

from nelm.case import Case
from nelm.guideline.findings.listing import ReportedFinding
from nelm.guideline.row import PatientRow
from nelm.guideline.row.tumours import histologies_disagree
from nelm.guideline.specimens import specimen_grades
from nelm.guideline.therapy import PatientView
from nelm.knowledge import Knowledge
from nelm.planner.plan import Finding
from nelm.quantities import Interval


def findings_of(row: PatientRow, view: PatientView, wanted: Iterable[ReportedFinding]) -> tuple[Finding, ...]:
    """The derived facts of which anything is known, in order."""
    found: list[Finding] = []
    for item in wanted:
        known = tuple(name for name in item.facts if name in row.cells)
        value = view.values.get(item.id)
        if not known or value is None:
            continue
        interval = value if isinstance(value, Interval) else None
        exact = interval.low if interval is not None and interval.is_exact else None
        found.append(
            Finding(
                id=item.id,
                label=item.name,
                value=exact if interval is not None else value if not isinstance(value, Interval) else None,
                low=interval.low if interval else None,
                high=interval.high if interval else None,
                unit=item.unit,
                facts=known,
                paths=tuple(dict.fromkeys(path for name in known for path in row.cells[name].paths)),
                sources=item.sources,
                status=item.status,
                note=item.note,
            )
        )
    return tuple(found)


def specimen_findings(case: Case, knowledge: Knowledge, governing: Finding | None) -> tuple[Finding, ...]:
    """The grade of each of several specimens, and how it changed; one specimen is the governing grade itself."""
    if len(case.tumour.specimens) < 2 or governing is None:
        return ()
    return tuple(
        Finding(
            id=f"{item.place}.grade",
            label=f"grade of the specimen of {item.date or 'unknown date'}{f' ({item.site})' if item.site else ''}",
            value=item.grade,
            low=None,
            high=None,
            unit=None,
            facts=governing.facts,
            paths=(item.place,),
            sources=governing.sources,
            status=governing.status,
            note=f"Against the specimen before: {item.change}." if item.change else None,
        )
        for item in specimen_grades(case, knowledge)
        if item.grade is not None
    )


def cautions_about(case: Case, row: PatientRow) -> tuple[str, ...]:
    """What limits the reading of this plan: mixed specimens, grade rules, open lists."""
    found: list[str] = []
    specimens = case.tumour.specimens
    if histologies_disagree(specimens):
        found.append(
            "An earlier specimen is poorly differentiated, the latest well differentiated: a tumour does not gain "
            "differentiation. Have pathology review them together; differentiation counts as not known until then, or "
            "until a grade over all specimens is stated."
        )
    elif len({item.differentiation for item in specimens if item.differentiation is not None}) > 1:
        found.append("Specimens differ in differentiation; the worst governs.")
    site = row.cells.get("tumour.primary_site")
    if site is not None and site.value in ("lung", "thymus"):
        found.append(
            "Lung and thymic tumours follow another grading scheme; digestive grades are not applied."
        )
    one_count = ("tumour.ki67_percent" in row.cells) != ("tumour.mitoses_per_2mm2" in row.cells)
    if one_count:
        found.append("Only one of Ki-67 and mitotic count is known; the grade rests on it alone.")
    resectable = case.evidence.get("liver.resectable")
    if resectable is not None and resectable.is_computed and case.liver.resectable is not None:
        found.append(
            "Resectability was computed from images (which lesions can be removed with which liver left); it is not "
            "the word of a surgeon."
        )
    for flag, words in (
        (case.patient.no_other_comorbidities, "Other diseases"),
        (case.no_other_extrahepatic, "Disease outside the liver"),
        (case.no_other_treatments, "Earlier treatment"),
    ):
        if flag is not True:
            found.append(f"{words} may be incomplete in the record; what is not listed counts as unknown.")
    return tuple(found)
