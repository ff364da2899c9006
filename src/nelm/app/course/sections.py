"""A followed course as titled sections of text and tables, the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterable

from nelm.app.course.decisions import Foreclosed
from nelm.app.course.followed import Followed
from nelm.app.course.lines import DayResponse, Line, name_of
from nelm.case.vocabulary import CourseBasis
from nelm.followup.answers import Criteria
from nelm.guideline.criteria import Kind, Verdict
from nelm.guideline.row.cells import interval_words
from nelm.knowledge import Entry
from nelm.planner.plan import PlannedOption
from nelm.quantities import Estimate
from nelm.report.dosimetry.records import Section, Table

SETS = (Criteria.RECIST, Criteria.MRECIST, Criteria.CHOI, Criteria.MODIFIED_CHOI, Criteria.VOLUME)
NOT_KNOWN = "not known"
BASES = {CourseBasis.RECIST_1_1: "RECIST 1.1", CourseBasis.SSTR: "receptor imaging"}
SHOWN = (Verdict.RECOMMENDED, Verdict.OPTION)
LINE_HEAD = ("Line", "Baseline", "Best response", "First response", "Progression", "Control")
STEP_HEAD = ("Drug", "Day", "Action", "Where it stands", "Instruction")


def course_sections(followed: Followed) -> tuple[Section, ...]:
    """Every section, those of the decision first; one without content stays empty."""
    return (
        next_decision(followed),
        foreclosed_section(followed),
        response_section(followed),
        disagreement_section(followed),
        marker_section(followed),
        symptom_section(followed),
        quality_section(followed),
        dose_section(followed),
        toxicity_section(followed),
        watch_section(followed),
        procedure_section(followed),
        calendar_section(followed),
        history_section(followed),
    )


def cited(entry: Entry | None) -> str:
    """The sources of an entry in brackets, with how far it was checked where that is not to the source."""
    if entry is None:
        return ""
    keys = "; ".join(entry.sources)
    return f" [{keys}]" if str(entry.status) in ("verified", "computed") else f" [{keys}: {entry.status}]"


def entries_of(followed: Followed) -> tuple[Entry, ...]:
    """Every entry that the sections cite."""
    found: list[Entry] = [entry for _, entry in followed.consequences]
    for one in followed.lines.days:
        if one.response is not None:
            found += _entries((*one.response.disagreement, *one.response.cautions))
    found += _entries(reason for item in followed.steps for reason in item.step.reasons)
    found += _entries((*followed.marrow.reasons, *followed.watch.echo.reasons))
    for item in followed.watch.analogues:
        found += _entries((*item.advice.reasons, *item.advice.cautions))
    if followed.watch.telotristat is not None:
        found += _entries(followed.watch.telotristat.reasons)
    found += [entry for due in followed.watch.calendar.due for entry in due.entries]
    for marker in followed.markers:
        since = marker.since_first
        found += _entries((*since.reasons, *since.cautions) if since is not None else ())
    found += _entries(followed.watch.calendar.remarks)
    for one in followed.preparations:
        if one.crisis is not None:
            found += _entries((one.crisis.statement, *one.crisis.views, *one.crisis.for_patient))
        found += one.echo.entries if one.echo is not None else ()
    found += [entry for course in followed.quality for entry in course.cautions]
    return tuple(dict.fromkeys(found))


def label(followed: Followed, option: str) -> str:
    """The name of an option; text that is no option as it stands."""
    return next((item.name for item in followed.last.plan.options if item.id == option), option)


def _entries(reasons: Iterable[object]) -> list[Entry]:
    found = (getattr(reason, "entry", None) for reason in reasons)
    return [entry for entry in found if isinstance(entry, Entry)]


# ------------------------------------------------------------------------------------------- decision
def next_decision(followed: Followed) -> Section:
    """The plan of the day: what is recommended or an option, and what moved since the plan before."""
    last = followed.last
    given = ", ".join(
        f"{label(followed, item.option or item.other or '')}{' (progressed on)' if item.progressed_on else ''}"
        for item in last.case.treatments
    )
    paragraphs = [f"Disease: {status_words(followed)}. Treatments so far: {given or 'none'}."]
    rows = tuple(
        (item.name, str(item.verdict), str(item.intent).replace("_", " "), str(item.rank or ""))
        for item in _ordered(last.plan.options)
        if item.verdict in SHOWN
    )
    tables = [Table(("Option", "Verdict", "For", "Rank"), rows)] if rows else []
    wanted = [f"{item.meaning} (from {item.answered_by})" for item in last.plan.next_facts[:5]]
    if wanted:
        paragraphs.append(f"To find out first: {'; '.join(wanted)}.")
    return Section(f"The next decision, {followed.on}", tuple(paragraphs), tuple(tables))


def status_words(followed: Followed) -> str:
    """How the disease moves, and by what."""
    course = followed.last.case.course
    basis = f" ({BASES.get(course.basis, str(course.basis))})" if course.basis else ""
    return f"{course.status}{basis}" if course.status else NOT_KNOWN


def _ordered(options: Iterable[PlannedOption]) -> list[PlannedOption]:
    order = list(Verdict)
    return sorted(options, key=lambda item: (item.intent, order.index(item.verdict), item.rank or 99))


def foreclosed_section(followed: Followed) -> Section:
    """What the sequence so far closed, and what the treatments given mean for what may follow."""
    rows = tuple(
        (item.name, str(item.verdict).replace("_", " "), item.since.isoformat(),
         "a treatment" if item.by_treatment else "the state of the disease or a value", _why_closed(item))
        for item in followed.foreclosed
        if item.causes
    )  # fmt: skip
    said = tuple(
        f"{label(followed, name)}: {entry.statement}{cited(entry)}" for name, entry in followed.consequences
    )
    tables = (Table(("Option", "Verdict", "Since", "Closed by", "Because"), rows),) if rows else ()
    return Section("What the course forecloses", said, tables)


def _why_closed(item: Foreclosed) -> str:
    """Criteria that close an option, each with what it does, and the facts that changed."""
    criteria = "; ".join(
        f"{'needs' if reason.kind is Kind.REQUIRES else 'excluded by'}: {reason.statement}"
        for reason in item.reasons
    )
    facts = ", ".join(f"{cause.fact} {cause.before} to {cause.after}" for cause in item.causes)
    return f"{criteria or 'what guidelines say of it'} ({facts})"


def history_section(followed: Followed) -> Section:
    """The plan after every event: what came in or went out, and by which facts."""
    rows: list[tuple[str, ...]] = []
    for one in followed.decisions:
        events = "; ".join(one.events)
        moves = [move for move in one.moves if move.opens_or_closes]
        if not moves:
            rows.append((one.day.isoformat(), events, "nothing came in or went out", ""))
        for place, move in enumerate(moves):
            causes = "; ".join(f"{cause.fact}: {cause.before} to {cause.after}" for cause in move.causes)
            change = f"{move.name}: {move.before} to {move.after}".replace("_", " ")
            head = (one.day.isoformat(), events) if place == 0 else ("", "")
            rows.append((*head, change, causes or "other facts"))
    return Section(
        "The plan after every event", (), (Table(("Day", "Event", "Verdict", "Because"), tuple(rows)),)
    )


# ------------------------------------------------------------------------------------------- response
def response_section(followed: Followed) -> Section:
    """All criteria at every examination, line by line, then best response and progression of each line."""
    days = followed.lines.days
    rows = tuple(
        (one.day.isoformat(), line_words(followed, one), *answer_words(one), sum_words(one)) for one in days
    )
    head = ("Day", "Under", *(str(item) for item in SETS), "Sum of diameters")
    best = line_rows(followed)
    tables = [Table(head, rows)] if rows else []
    if best:
        tables.append(Table(LINE_HEAD, best))
    remarks = tuple(one.remark for one in days if one.remark)
    return Section("Response", remarks, tuple(tables))


def line_words(followed: Followed, one: DayResponse) -> str:
    """The treatment under which the images of a day were taken."""
    if one.line is None:
        return "no treatment"
    return _names(followed, followed.lines.lines[one.line])


def _names(followed: Followed, line: Line) -> str:
    return " + ".join(label(followed, name_of(item)) for item in line.treatments) or "no treatment"


def answer_words(one: DayResponse) -> tuple[str, ...]:
    """The answer of every set of criteria on a day."""
    if one.response is None:
        return (f"{one.word} (report)" if one.word else NOT_KNOWN, *[""] * (len(SETS) - 1))
    return tuple(one.response.answer(item).in_words for item in SETS)


def sum_words(one: DayResponse) -> str:
    """The sum of diameters of a day and its change, with their limits."""
    if one.response is None or one.response.recist.targets.total_mm is None:
        return ""
    total, change = one.response.recist.targets.total_mm, one.response.recist.change_percent
    words = f"{total.value:.0f} ({total.low:.0f} to {total.high:.0f}) mm"
    if change is None:
        return words
    return f"{words}; {change.value:+.0f} ({change.low:+.0f} to {change.high:+.0f}) % since {one.since}"


def line_rows(followed: Followed) -> tuple[tuple[str, ...], ...]:
    """Baseline, best response and progression of every line that has images, under `LINE_HEAD`."""
    return tuple(_line_row(followed, line) for line in followed.lines.whole if line.days)


def _line_row(followed: Followed, line: Line) -> tuple[str, ...]:
    best = line.response.best if line.response is not None else None
    confirmed = f" (confirmed: {best.confirmed})" if best is not None and best.confirmed != line.best else ""
    control = ""
    if best is not None:
        control = f"{'at least ' if best.is_censored else ''}{best.control_days} days"
    return (
        _names(followed, line),
        line.baseline.isoformat() if line.baseline else "none",
        f"{line.best or NOT_KNOWN}{confirmed}",
        best.first_response.isoformat() if best is not None and best.first_response else "none",
        line.progression.isoformat() if line.progression else "none seen",
        control,
    )


def disagreement_section(followed: Followed) -> Section:
    """Where criteria disagree, what growth and receptors say beside them, and cautions."""
    lines: list[str] = []
    for one in followed.lines.days:
        if one.response is None:
            continue
        for reason in (*one.response.disagreement, *one.response.cautions):
            lines.append(f"{one.day}: {reason.text}{cited(reason.entry)}")
    rows = tuple(
        (one.day.isoformat(), growth.since.isoformat(), "diameters" if growth.rate.from_diameters else "volume",
         _numbers(growth.rate.tumour_growth_rate_percent_month, "% a month"), str(growth.reading.against))
        for one in followed.lines.days if one.response is not None
        for growth in one.response.growth
    )  # fmt: skip
    tables = (Table(("Day", "Since", "From", "Growth of volume", "Against its limit"), rows),) if rows else ()
    return Section("Where the criteria disagree", tuple(dict.fromkeys(lines)), tables)


def _numbers(value: Estimate | None, unit: str) -> str:
    if value is None:
        return NOT_KNOWN
    return f"{value.value:+.1f} ({value.low:+.1f} to {value.high:+.1f}) {unit}"


# -------------------------------------------------------------------- markers, symptoms, quality of life
def marker_section(followed: Followed) -> Section:
    """Every marker against its first and its lowest value."""
    rows: list[tuple[str, ...]] = []
    lines: list[str] = []
    for one in followed.markers:
        last = one.values[-1]
        value = f"{interval_words(last.value, 3)} {last.unit}"
        first = one.since_first.trend if one.since_first else "one value"
        lowest = one.since_lowest.trend if one.since_lowest else "one value"
        rows.append((str(one.marker), last.day.isoformat(), value, str(first), str(lowest)))
        if one.since_first is not None:
            reasons = (*one.since_first.reasons, *one.since_first.cautions)
            lines += [f"{one.marker}: {reason.text}{cited(reason.entry)}" for reason in reasons]
    head = ("Marker", "Last on", "Value", "Since the first", "Since the lowest")
    return Section("Markers", tuple(lines), (Table(head, tuple(rows)),) if rows else ())


def symptom_section(followed: Followed) -> Section:
    """Symptoms of the diary, from its first two weeks to its last two."""
    rows = tuple(
        (str(one.symptom).replace("_", " "), _mean(one.change.baseline.mean), _mean(one.change.current.mean),
         _numbers(one.change.percent, "%"), _answer(one.durable.holds if one.durable else None))
        for one in followed.diary
    )  # fmt: skip
    head = ("Symptom", "First two weeks, a day", "Last two weeks, a day", "Change", "Durable response")
    return Section("Symptoms", (), (Table(head, rows),) if rows else ())


def _mean(value: Estimate | None) -> str:
    return NOT_KNOWN if value is None else f"{value.value:.1f} ({value.low:.1f} to {value.high:.1f})"


def _answer(value: bool | None) -> str:
    return NOT_KNOWN if value is None else "yes" if value else "no"


def quality_section(followed: Followed) -> Section:
    """Scores of every questionnaire with the changes since the first."""
    tables: list[Table] = []
    for course in followed.quality:
        head = (
            str(course.questionnaire),
            *(one.day.isoformat() for one in course.days),
            "Change",
            "For the patient",
        )
        changes = {item.scale: item for item in course.since_first}
        rows: list[tuple[str, ...]] = []
        for place, score in enumerate(course.days[-1].scores):
            change = changes.get(score.scale)
            values = [_score(one.scores[place].value) for one in course.days]
            points = "" if change is None or change.points is None else f"{change.points:+.0f}"
            rows.append((score.scale.name, *values, points, "" if change is None else str(change.direction)))
        if course.days[-1].summary is not None:
            values = [_score(one.summary.value if one.summary else None) for one in course.days]
            rows.append(("summary", *values, "", ""))
        notes = tuple(f"{entry.statement}{cited(entry)}" for entry in course.cautions)
        tables.append(Table(head, tuple(rows), notes))
    return Section("Quality of life", (), tuple(tables))


def _score(value: float | None) -> str:
    return "no score" if value is None else f"{value:.0f}"


# ------------------------------------------------------------------------------------ toxicity and watch
def step_rows(followed: Followed) -> list[tuple[str, ...]]:
    """What to do about the next dose of everything that runs, under `STEP_HEAD`."""
    rows = [
        (
            item.step.drug,
            item.day.isoformat(),
            str(item.step.action),
            item.step.level_words,
            item.step.instruction,
        )
        for item in followed.steps
    ]
    for item in followed.watch.analogues:
        advice = item.advice
        words = "; ".join((*advice.unknown, *advice.options)) or str(advice.advice)
        stands = f"{advice.state.step}, against {item.target}"
        rows.append(
            (label(followed, item.option), followed.on.isoformat(), str(advice.advice), stands, words)
        )
    told = followed.watch.telotristat
    if told is not None:
        words = "; ".join(told.unknown) or str(told.advice)
        rows.append(("telotristat", followed.on.isoformat(), str(told.advice), str(told.state.level), words))
    return rows


def dose_section(followed: Followed) -> Section:
    """What to do about the next dose of every running drug, and about the analogue."""
    rows = step_rows(followed)
    lines = [
        f"{item.step.drug}: {reason.text}{cited(reason.entry)}"
        for item in followed.steps
        for reason in item.step.reasons
    ]
    lines += [
        f"{label(followed, item.option)}: {remark}" for item in followed.steps for remark in item.remarks
    ]
    for item in followed.watch.analogues:
        if item.is_assumed:
            lines.append(
                f"{label(followed, item.option)}: its dose is not stated; taken as the standard dose."
            )
        lines += [
            f"{label(followed, item.option)}: {reason.text}{cited(reason.entry)}"
            for reason in item.advice.reasons
        ]
    tables = (Table(STEP_HEAD, tuple(rows)),) if rows else ()
    return Section("Dose steps", tuple(dict.fromkeys(lines)), tables)


def toxicity_section(followed: Followed) -> Section:
    """Toxicities as recorded, and the grades of values."""
    recorded = tuple(
        (one.date.isoformat(), one.term, "" if one.grade is None else str(one.grade),
         label(followed, one.treatment or ""), one.resolved_on.isoformat() if one.resolved_on else "")
        for one in followed.course.toxicities
    )  # fmt: skip
    graded = tuple(
        (one.day.isoformat(), str(one.test), one.written,
         "; ".join(grade.words for grade in one.grades if grade.high))
        for one in followed.grades
        if any(grade.high for grade in one.grades)
    )  # fmt: skip
    tables: list[Table] = []
    if recorded:
        tables.append(Table(("Since", "Toxicity", "Grade", "Put down to", "Resolved on"), recorded))
    if graded:
        tables.append(Table(("Day", "Test", "Value", "Grade"), graded))
    return Section("Toxicity", (), tuple(tables))


def watch_section(followed: Followed) -> Section:
    """The marrow and the heart."""
    marrow, echo = followed.marrow, followed.watch.echo
    lines: list[str] = []
    if marrow.exposure:
        since = f" since {marrow.since}" if marrow.since else ""
        lines.append(f"Marrow: {marrow.verdict}{since}. {'; '.join(marrow.exposure)}.")
        lines += [f"{reason.text}{cited(reason.entry)}" for reason in marrow.reasons]
        lines += [f"To find out: {'; '.join(marrow.find_out)}."] if marrow.find_out else []
    if followed.watch.signs.carcinoid_syndrome or followed.watch.signs.heart_disease:
        answer = f"not known: {', '.join(echo.unknown)}"
        if echo.asked is not None:
            answer = "an echocardiogram is asked for now" if echo.asked else "nothing asks for one early"
        lines.append(f"Heart: {answer}.")
        lines += [f"{reason.text}{cited(reason.entry)}" for reason in echo.reasons]
    return Section("Marrow and heart", tuple(lines))


def procedure_section(followed: Followed) -> Section:
    """The views on a crisis, said once, and what is particular to each procedure that is open now."""
    views: list[str] = []
    rows: list[tuple[str, ...]] = []
    for one in followed.preparations:
        particular = ""
        if one.crisis is not None:
            views += [
                f"{reason.text}{cited(reason.entry)}" for reason in (one.crisis.statement, *one.crisis.views)
            ]
            particular = " ".join(f"{reason.text}{cited(reason.entry)}" for reason in one.crisis.for_patient)
        echo = "recent enough" if one.echo is None else f"{one.echo.reason}{cited(one.echo.entries[0])}"
        rows.append((str(one.procedure), echo, particular))
    tables = (Table(("Procedure", "Echocardiogram", "For this patient"), tuple(rows)),) if rows else ()
    return Section("Before a procedure in the carcinoid syndrome", tuple(dict.fromkeys(views)), tables)


def calendar_section(followed: Followed) -> Section:
    """What is due, by the end of its window."""
    calendar = followed.watch.calendar
    rows = tuple(
        (str(item.examination), item.earliest.isoformat(), item.latest.isoformat(), str(item.standing(followed.on)),
         f"{item.reason}{cited(item.entries[0])}")
        for item in calendar.due
    )  # fmt: skip
    lines = [f"Not known: {text}." for text in calendar.unknown]
    lines += [f"{reason.text}{cited(reason.entry)}" for reason in calendar.remarks]
    head = ("Examination", "From", "Until", "Standing", "Why")
    return Section("Surveillance calendar", tuple(lines), (Table(head, rows),) if rows else ())
