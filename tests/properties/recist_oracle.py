"""RECIST 1.1 once more, for comparison: tables of the paper on plain dictionaries, lengths in whole tenths of a mm.

Written from the guideline's tables and the clarifications of the EORTC, without anything from the package. A course is
``{"targets": {name: is_node}, "others": {name: is_node}, "visits": [visit, ...]}``, the first visit the baseline; a
visit is ``{"day": int, "seen": {name: code}, "new": [(name, sure)] or None, "markers": bool or None}`` and a code is a
whole number of tenths of a mm or one of the words below.
"""

from __future__ import annotations

from typing import Any

ABSENT, TINY, PRESENT, WORSE, LOST = "absent", "tiny", "present", "worse", "lost"
ANY = object()

TIME_POINT = [  # target, non-target, new lesion -> overall; table 1 of the guideline, first row that fits
    (ANY, ANY, True, "PD"),
    ("PD", ANY, ANY, "PD"),
    (ANY, "PD", ANY, "PD"),
    ("CR", "CR", False, "CR"),
    ("CR", "none", False, "CR"),
    ("CR", "non-CR/non-PD", False, "PR"),
    ("CR", "NE", False, "PR"),
    ("PR", ANY, False, "PR"),
    ("SD", ANY, False, "SD"),
    ("NE", ANY, False, "NE"),
    ("none", "CR", False, "CR"),
    ("none", "non-CR/non-PD", False, "non-CR/non-PD"),
    ("none", "NE", False, "NE"),
    ("none", "none", False, "NE"),
]


def look_up(*key: Any) -> str:
    for row in TIME_POINT:
        if all(want is ANY or want == got for want, got in zip(row[:3], key, strict=True)):
            return row[3]
    raise KeyError(key)


def length(code: Any) -> int | None:
    """Tenths of a mm that a target adds; None when it was not evaluated."""
    return {ABSENT: 0, TINY: 50}.get(code, code if isinstance(code, int) else None)


def vanished(code: Any, is_node: bool) -> bool:
    tenths = length(code)
    if is_node:
        return tenths is not None and tenths < 100
    return code == ABSENT or code == 0


def of_targets(course: dict[str, Any], visit: dict[str, Any], base: int | None, low: int | None) -> str:
    names = course["targets"]
    if not names:
        return "none"
    if base is None or low is None:
        return "NE"
    codes = {name: visit["seen"].get(name, LOST) for name in names}
    lengths = [length(code) for code in codes.values()]
    part = sum(tenths for tenths in lengths if tenths is not None)
    risen = 5 * part >= 6 * low and part - low >= 50
    if None in lengths:
        return "PD" if risen else "NE"
    if all(vanished(code, names[name]) for name, code in codes.items()):
        return "CR"
    if risen:
        return "PD"
    return "PR" if 10 * part <= 7 * base else "SD"


def of_others(course: dict[str, Any], visit: dict[str, Any]) -> str:
    names = course["others"]
    if not names:
        return "none"
    codes = {name: visit["seen"].get(name, LOST) for name in names}
    if WORSE in codes.values():
        return "PD"
    if any(code != LOST and not vanished(code, names[name]) for name, code in codes.items()):
        return "non-CR/non-PD"
    if LOST in codes.values():
        return "NE"
    return "non-CR/non-PD" if visit["markers"] is False else "CR"


def complete_sum(course: dict[str, Any], visit: dict[str, Any]) -> int | None:
    lengths = [length(visit["seen"].get(name, LOST)) for name in course["targets"]]
    return None if None in lengths else sum(tenths for tenths in lengths if tenths is not None)


def any_disease(course: dict[str, Any], visit: dict[str, Any]) -> bool:
    names = {**course["targets"], **course["others"]}
    evaluated = {name: visit["seen"].get(name, LOST) for name in names}
    return any(
        code != LOST
        and not (name in course["targets"] and length(code) is None)
        and not vanished(code, names[name])
        for name, code in evaluated.items()
    )


def responses(course: dict[str, Any]) -> list[str]:
    """The overall response at every visit after the baseline; "unknown" where new lesions decide and are not stated."""
    visits = course["visits"]
    proven = {name for visit in visits[1:] for name, sure in visit["new"] or [] if sure}
    answers: list[str] = []
    was_clear = was_new = False
    for number, visit in enumerate(visits[1:], start=1):
        sums = [complete_sum(course, earlier) for earlier in visits[:number]]
        low = min((tenths for tenths in sums if tenths is not None), default=None)
        was_new = was_new or any(name in proven for name, _ in visit["new"] or [])
        back = was_clear and any_disease(course, visit)
        pair = (of_targets(course, visit, sums[0], low), of_others(course, visit))
        if visit["new"] is None and not visit["seen"] and not was_new:
            answer = "NE"  # nothing was looked at
        elif visit["new"] is None and not was_new:
            both = {look_up(*pair, back), look_up(*pair, True)}
            answer = both.pop() if len(both) == 1 else "unknown"
        else:
            answer = look_up(*pair, was_new or back)
        was_clear = was_clear or answer == "CR"
        answers.append(answer)
    return answers


def best(course: dict[str, Any], answers: list[str], *, confirm: bool) -> str:
    """Best overall response up to progression; table 3 of the guideline where confirmation is asked for."""
    start = course["visits"][0]["day"]
    timed = list(zip([visit["day"] - start for visit in course["visits"][1:]], answers, strict=True))
    end = answers.index("PD") + 1 if "PD" in answers else len(answers)
    timed = timed[:end]
    for word, keeps in (("CR", {"CR"}), ("PR", {"CR", "PR"})):
        hits = [(i, day) for i, (day, answer) in enumerate(timed) if answer in keeps]
        if hits and not confirm:
            return word
        for i, day in hits:
            for j, later in hits:
                between = {answer for _, answer in timed[i:j]}
                if later - day >= 28 and between <= keeps | {"NE", "unknown"}:
                    return word
    kept = [answer for day, answer in timed if day >= 42 and answer not in ("NE", "unknown", "PD")]
    if kept:
        return "non-CR/non-PD" if kept[0] == "non-CR/non-PD" else "SD"
    for word in ("PD", "unknown"):
        if word in [answer for _, answer in timed]:
            return word
    return "NE"
