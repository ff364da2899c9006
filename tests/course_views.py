"""An invented course over six years, as rich as a page of it gets, and small ones."""

from __future__ import annotations

from datetime import date, timedelta

from nelm.knowledge import Source
from nelm.report.course import CourseView, Event, Lane, Point, Span
from nelm.report.dosimetry.records import Section, Table

DAY = date(2026, 11, 26)
SOURCES = {"made2026": Source("made2026", "Made, J Up 2026;1:1", "paper", "abstract", date(2026, 1, 1))}


def day(text: str) -> date:
    """A day from year and month, or the whole of it."""
    return date.fromisoformat(text if len(text) > 7 else f"{text}-15")


def series(values: dict[str, float], *, error: float = 0.0) -> tuple[Point, ...]:
    """Points with the same relative error."""
    return tuple(
        Point(
            day(when), value, value * (1 - error) if error else None, value * (1 + error) if error else None
        )
        for when, value in values.items()
    )


VOLUME = Lane(
    "Liver tumour volume", "mL",
    series({"2020-11": 212, "2021-05": 230, "2021-11": 268, "2022-05": 341, "2022-11": 402, "2023-02": 428,
            "2023-08": 331, "2023-12": 256, "2024-06": 231, "2024-12": 262, "2025-04": 318, "2025-08": 301,
            "2026-01": 335, "2026-05": 452, "2026-09": 372, "2026-11": 348}, error=0.08),
)  # fmt: skip
DIAMETERS = Lane(
    "Sum of diameters", "mm",
    series({"2020-11": 121, "2021-05": 124, "2021-11": 131, "2022-05": 142, "2022-11": 151, "2023-02": 154,
            "2023-08": 139, "2023-12": 118, "2024-06": 104, "2024-12": 112, "2025-04": 127, "2025-08": 123,
            "2026-01": 126, "2026-05": 149, "2026-09": 133, "2026-11": 128}, error=0.05),
    events=tuple(Event(day(when), text, "response") for when, text in (
        ("2021-05", "SD"), ("2021-11", "SD"), ("2022-05", "SD"), ("2022-11", "PD, +25 %"), ("2023-08", "SD"),
        ("2023-12", "SD"), ("2024-06", "PR, −32 %"), ("2024-12", "PR"), ("2025-04", "PD, +22 %"), ("2025-08", "SD"),
        ("2026-01", "SD"), ("2026-05", "PD, +21 %"), ("2026-09", "SD"), ("2026-11", "SD"),
    )),
    limits=(("progression from nadir 104", 124.8),),
)  # fmt: skip
CGA = Lane(
    "Chromogranin A", "µg/L",
    (*series({"2020-11": 820, "2021-02": 410, "2021-08": 470, "2022-02": 690, "2022-08": 1150, "2023-01": 1480}),
     Point(day("2023-06"), 3900, text="on omeprazole"), *series({"2023-10": 520, "2024-03": 260}),
     Point(day("2024-06"), 62, text="other assay"),
     *series({"2024-12": 118, "2025-04": 390, "2025-10": 310, "2026-04": 940, "2026-09": 610, "2026-11": 540})),
    limits=(("upper limit of normal", 102),),
)  # fmt: skip
HIAA = Lane(
    "5-HIAA in urine", "µmol/24 h",
    series({"2020-11": 312, "2021-03": 148, "2021-11": 160, "2022-08": 241, "2023-01": 288, "2023-10": 121,
            "2024-06": 74, "2025-04": 139, "2025-11": 118, "2026-05": 212, "2026-11": 156}, error=0.12),
    limits=(("upper limit of normal", 50), ("echo every 6 months", 300)),
)  # fmt: skip
STOOLS = Lane(
    "Bowel movements", "a day, mean of a week",
    series({"2020-11": 7.4, "2020-12": 5.1, "2021-02": 3.2, "2021-08": 3.0, "2022-03": 3.9, "2022-10": 5.2,
            "2023-01": 6.1, "2023-05": 4.4, "2023-10": 2.6, "2024-06": 2.1, "2025-01": 2.3, "2025-06": 4.2,
            "2025-12": 3.6, "2026-04": 4.4, "2026-08": 3.1, "2026-11": 2.9}),
    limits=(("telotristat considered from", 4),),
)  # fmt: skip
HEALTH = Lane(
    "Global health, QLQ-C30", "0 to 100",
    series({"2020-11": 41.7, "2021-05": 66.7, "2022-05": 58.3, "2022-11": 50, "2023-08": 66.7, "2024-06": 83.3,
            "2025-04": 66.7, "2025-10": 50, "2026-05": 41.7, "2026-11": 58.3}),
)  # fmt: skip
ANALOGUES = Lane(
    "Somatostatin analogue",
    spans=(
        Span(day("2020-12-01"), day("2022-11-20"), "lanreotide 120 mg every 28 days", "analogue"),
        Span(day("2022-11-20"), None, "lanreotide 120 mg every 14 days", "analogue"),
        Span(day("2023-01-10"), day("2023-09-01"), "telotristat 250 mg three times a day", "telotristat"),
    ),
)
PRRT = Lane(
    "Radioligand therapy", "",
    events=tuple(Event(day(when), f"{number}: {dose} GBq", "cycle") for number, (when, dose) in enumerate((
        ("2023-03-06", 7.4), ("2023-05-02", 7.4), ("2023-07-10", 7.3), ("2023-10-30", 3.7)), start=1)),
    spans=(Span(day("2023-03-06"), day("2023-10-30"), "[¹⁷⁷Lu]Lu-DOTA-TATE", "radioligand"),),
)  # fmt: skip
SYSTEMIC = Lane(
    "Targeted and chemotherapy",
    spans=(
        Span(day("2025-05-01"), day("2025-06-10"), "everolimus 10 mg", "targeted"),
        Span(day("2025-06-10"), day("2025-07-01"), "pause", "pause"),
        Span(day("2025-07-01"), day("2025-10-20"), "everolimus 5 mg", "targeted"),
        Span(day("2025-10-20"), day("2025-11-15"), "pause", "pause"),
        Span(day("2025-11-15"), day("2026-05-20"), "everolimus 5 mg every other day", "targeted"),
        Span(day("2026-06-08"), day("2026-08-30"), "CAPTEM", "chemotherapy"),
        Span(day("2026-08-30"), None, "CAPTEM, capecitabine at 75 %", "chemotherapy"),
    ),
)
LOCAL = Lane(
    "Liver-directed",
    spans=(Span(day("2022-12-05"), day("2022-12-05"), "bland embolisation, right", "embolisation"),
           Span(day("2023-01-23"), day("2023-01-23"), "bland embolisation, left", "embolisation")),
)  # fmt: skip
TOXICITY = Lane(
    "Toxicity, CTCAE",
    events=tuple(Event(day(when), text, "toxicity") for when, text in (
        ("2023-04-03", "lymphocytes grade 3"), ("2023-08-21", "platelets grade 2"),
        ("2023-09-18", "platelets grade 3: cycle put off"), ("2025-06-09", "stomatitis grade 3"),
        ("2025-08-04", "glucose grade 2"), ("2025-10-19", "pneumonitis grade 2"),
        ("2026-08-28", "hand-foot syndrome grade 3"),
    )),
)  # fmt: skip
DECISIONS = Lane(
    "Tumour board",
    events=tuple(Event(day(when), text, "decision") for when, text in (
        ("2020-11-25", "lanreotide"), ("2022-11-18", "embolisation, then radioligand therapy; analogue every 14 days"),
        ("2023-10-12", "last cycle at half the activity"), ("2025-04-24", "everolimus"),
        ("2026-05-28", "CAPTEM after DPYD genotype"), ("2026-11-26", "stay, image in 3 months"),
    )),
)  # fmt: skip
LANES = (
    VOLUME, DIAMETERS, CGA, HIAA, STOOLS, HEALTH, ANALOGUES, LOCAL, PRRT, SYSTEMIC, TOXICITY, DECISIONS,
)  # fmt: skip
NEXT = Section(
    "What next",
    ("Stable on CAPTEM; hand-foot syndrome grade 1.",),
    (
        Table(
            ("measure", "best", "now"),
            (("sum of diameters", "104 mm", "128 mm (122 to 134)"),),
            ("Made up.",),
        ),
    ),
)


def rich_view() -> CourseView:
    """Twelve lanes over six years."""
    return CourseView("Course of treatment", "made-006", DAY, LANES, (NEXT, Section("Nothing")), SOURCES)


def crowded_lanes(years: float, *, events: int = 25, treatments: int = 10) -> tuple[Lane, ...]:
    """Twelve lanes over some years up to the day, with much at the same time."""
    first = DAY - timedelta(days=round(365.25 * years))
    step = (DAY - first).days
    when = [first + timedelta(days=step * place * place // events**2) for place in range(events)]
    happened = tuple(Event(one, f"event {place} of some length", ("toxicity", "decision", "scan")[place % 3])
                     for place, one in enumerate(when))  # fmt: skip
    spans = tuple(
        Span(first + timedelta(days=step * place // treatments),
             None if place % 4 == 0 else first + timedelta(days=step * (place + 1) // treatments),
             f"treatment {place} with a dose of {place} mg", f"kind {place}")
        for place in range(treatments)
    )  # fmt: skip
    plots = tuple(
        Lane(f"Measure {place} with a name of several words", "mmol/L",
             tuple(Point(one, 10.0 ** (place % 4) * (2 + number % 5), text="words" if number % 9 == 4 else "")
                   for number, one in enumerate(when)), limits=(("lower", 3.0), ("upper", 4.0)))
        for place in range(10)
    )  # fmt: skip
    return (*plots, Lane("Treatments", spans=spans), Lane("What happened", events=happened))
