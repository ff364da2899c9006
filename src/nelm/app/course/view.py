"""A followed course as lanes on one axis of time, with the sections below."""

from __future__ import annotations

from nelm.app.course.followed import Followed
from nelm.app.course.lines import SINGLE, family, name_of
from nelm.app.course.sections import course_sections, entries_of, label
from nelm.app.course.symptoms import diary_days
from nelm.case.course_records import CourseTreatment, DatedSymptom
from nelm.case.vocabulary import Symptom
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.target_sums import target_sum
from nelm.followup.volumes import tumour_volume_ml
from nelm.quantities import Measured
from nelm.report.course.records import SYMPTOMS, TOXICITY, CourseView, Event, Lane, Point, Span

PAUSE = "pause"


def course_lanes(followed: Followed) -> tuple[Lane, ...]:
    """The lanes of the timeline that hold something, from top to bottom."""
    lanes = (
        _treatments(followed),
        _diameters(followed),
        _volume(followed),
        *_markers(followed),
        *_diary(followed),
        _symptoms(followed),
        *_quality(followed),
        _toxicities(followed),
        _decisions(followed),
    )
    return tuple(lane for lane in lanes if lane.points or lane.spans or lane.events)


def course_view(followed: Followed) -> CourseView:
    """Everything that the page shows."""
    cited = {key for entry in entries_of(followed) for key in entry.sources}
    return CourseView(
        title=f"Course of {followed.course.id}",
        case_id=followed.course.id,
        day=followed.on,
        lanes=course_lanes(followed),
        sections=tuple(one for one in course_sections(followed) if one.paragraphs or one.tables),
        sources=followed.knowledge.cite(cited),
    )


def _treatments(followed: Followed) -> Lane:
    """Treatments as bars with their pauses; cycles and doses as marks."""
    spans: list[Span] = []
    events: list[Event] = []
    for one in sorted(followed.course.treatments, key=lambda item: item.start):
        last = one.start if family(one) in SINGLE and one.end is None else one.end
        name = label(followed, name_of(one))
        spans.append(Span(one.start, last, name, family(one) or "other"))
        spans += _pauses(one, name)
        for cycle in one.cycles:
            amount = f" {cycle.activity_gbq} GBq" if cycle.activity_gbq else ""
            events.append(Event(cycle.date, f"cycle{amount}", "cycle"))
        for dose in one.doses:
            words = "pause" if dose.amount.high == 0 else f"{dose.amount} {dose.unit}"
            events.append(Event(dose.date, words, "dose"))
    return Lane("Treatment", spans=tuple(spans), events=tuple(sorted(events, key=lambda item: item.day)))


def _pauses(one: CourseTreatment, name: str) -> list[Span]:
    """Times at dose 0."""
    found: list[Span] = []
    for place, dose in enumerate(one.doses):
        if dose.amount.high == 0:
            later = one.doses[place + 1].date if place + 1 < len(one.doses) else one.end
            found.append(Span(dose.date, later, f"{name}: {PAUSE}", PAUSE))
    return found


def _diameters(followed: Followed) -> Lane:
    """Sum of diameters of the targets of each line, with the responses."""
    known = followed.knowledge.record(ResponseKnowledge, "response")
    by_day = {one.day: one for one in followed.lines.examinations}
    points: list[Point] = []
    for line in followed.lines.whole:
        if line.response is None:
            continue
        for day in (line.response.baseline, *(one.day for one in line.days)):
            total = target_sum(by_day[day], line.response.targets.targets, known=known).total_mm
            if total is not None and all(point.day != day for point in points):
                points.append(Point(day, total.value, total.low, total.high))
    events = tuple(
        Event(one.day, f"{one.word}{'' if one.is_measured else ' (report)'}", "response")
        for one in followed.lines.days
        if one.word is not None
    )
    return Lane("Sum of diameters", "mm", tuple(sorted(points, key=lambda one: one.day)), events=events)


def _volume(followed: Followed) -> Lane:
    """Volume of all lesions."""
    volumes = [(one.day, tumour_volume_ml(one)) for one in followed.lines.examinations]
    points = tuple(Point(day, one.value, one.low, one.high) for day, one in volumes if one is not None)
    return Lane("Tumour volume", "mL", points)


def _markers(followed: Followed) -> list[Lane]:
    """One lane for every marker, with the upper limit where it is one and the same."""
    found: list[Lane] = []
    for one in followed.markers:
        points = tuple(
            Point(value.day, (value.value.low + value.value.high) / 2, value.value.low, value.value.high)
            for value in one.values
        )
        uppers = {value.upper_limit for value in one.values}
        upper = next(iter(uppers)) if len(uppers) == 1 else None
        limits = (("upper limit", upper),) if upper is not None else ()
        found.append(Lane(str(one.marker), one.values[-1].unit, points, limits=limits))
    return found


def _symptoms(followed: Followed) -> Lane:
    """Symptoms from the day on which they were reported to the next report of the same one, or to their end."""
    reported = sorted(followed.course.symptoms, key=lambda one: one.date)
    spans: list[Span] = []
    for place, one in enumerate(reported):
        later = next((item.date for item in reported[place + 1 :] if item.name is one.name), None)
        ends = [day for day in (one.resolved_on, later) if day is not None]
        spans.append(Span(one.date, min(ends, default=None), _reported(one), _grade(one.ctcae_grade)))
    return Lane(SYMPTOMS, spans=tuple(spans))


def _reported(one: DatedSymptom) -> str:
    """A symptom with what was said of it."""
    words = [str(one.name).replace("_", " ")]
    words += [f"{one.per_day} a day"] if one.per_day is not None else []
    words += [f"grade {one.ctcae_grade}"] if one.ctcae_grade is not None else []
    words += ["despite an analogue"] if one.refractory_to_ssa else []
    return ", ".join(words)


def _grade(grade: Measured | None) -> str:
    """The kind of a span by its grade."""
    return "" if grade is None else f"grade {grade}"


def _diary(followed: Followed) -> list[Lane]:
    """One lane for every symptom of the diary, counts a day."""
    days = diary_days(followed.course)
    return [
        Lane(
            str(symptom).replace("_", " "),
            "a day",
            tuple(Point(one.day, float(one.counts[symptom])) for one in days if symptom in one.counts),
        )
        for symptom in Symptom
        if any(symptom in one.counts for one in days)
    ]


def _quality(followed: Followed) -> list[Lane]:
    """The summary score and global health of the QLQ-C30, and every scale of the other questionnaire that moved."""
    found: list[Lane] = []
    for course in followed.quality:
        series: dict[str, list[Point]] = {}
        for one in course.days:
            if one.summary is not None and one.summary.value is not None:
                series.setdefault("summary", []).append(Point(one.day, one.summary.value))
            for score in one.scores:
                if score.value is not None and (
                    course.days[0].summary is None or score.scale.name == "global health"
                ):
                    series.setdefault(score.scale.name, []).append(
                        Point(one.day, score.value, score.possible.low, score.possible.high)
                    )
        found += [
            Lane(f"{course.questionnaire}: {name}", "0 to 100", tuple(points), limits=())
            for name, points in series.items()
        ]
    return found


def _toxicities(followed: Followed) -> Lane:
    """Toxicities from their first day to their last."""
    spans = tuple(
        Span(
            one.date,
            one.resolved_on,
            ", ".join(word for word in (one.term, _grade(one.grade)) if word),
            _grade(one.grade),
        )
        for one in followed.course.toxicities
    )
    return Lane(TOXICITY, spans=spans)


def _decisions(followed: Followed) -> Lane:
    """Days on which verdicts changed."""
    events: list[Event] = []
    for one in followed.decisions[1:]:
        count = sum(move.moves_verdict for move in one.moves)
        if count:
            events.append(
                Event(one.day, f"{count} {'verdict' if count == 1 else 'verdicts'} changed", "decision")
            )
    return Lane("Decisions", events=tuple(events))
