"""Target lesions of RECIST 1.1: chosen at baseline, or checked when they are given [recist_summary]."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from nelm.errors import InputError
from nelm.followup.answers import Reason
from nelm.followup.examinations import NODES, Examination, LesionFinding, Modality, unknown_lesion
from nelm.followup.margins import exactly, reaches_zero
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.followup.target_sums import is_gone
from nelm.knowledge import Entry


class TargetFault(StrEnum):
    """What can be wrong with a choice of targets."""

    TOO_MANY = "too many targets"
    TOO_MANY_IN_ORGAN = "too many targets in one organ"
    NAMED_TWICE = "named twice"
    NOT_MEASURED = "not measured"
    TOO_SMALL = "too small"
    NODE_TOO_SMALL = "node too small"
    SLICES_TOO_THICK = "slices too thick for it"
    SLICES_UNKNOWN = "slice thickness not known"
    NEAR_LIMIT = "limit inside the error"
    TREATED_LOCALLY = "treated locally"
    WRONG_MODALITY = "not measurable with this modality"
    ORGAN_LEFT_OUT = "organ without a target"


WARNINGS = (
    TargetFault.SLICES_UNKNOWN,
    TargetFault.NEAR_LIMIT,
    TargetFault.TREATED_LOCALLY,
    TargetFault.ORGAN_LEFT_OUT,
)
"""Faults that do not break a rule: they are to be known."""


@dataclass(frozen=True, slots=True)
class TargetProblem:
    """One fault of a choice of targets.

    Parameters
    ----------
    fault : Its name.
    subject : The lesion or organ; empty where it is of the whole choice.
    reason : In a sentence, with the rule.
    """

    fault: TargetFault
    subject: str
    reason: Reason

    @property
    def breaks_a_rule(self) -> bool:
        """Whether a rule is broken; otherwise it is to be known only."""
        return self.fault not in WARNINGS


@dataclass(frozen=True, slots=True)
class Targets:
    """The lesions that are followed.

    Parameters
    ----------
    targets : Names of those measured, in the order of choice.
    non_targets : Names of all others.
    problems : What is wrong with the choice or to be known of it.
    """

    targets: tuple[str, ...]
    non_targets: tuple[str, ...]
    problems: tuple[TargetProblem, ...] = ()


def choose_targets(baseline: Examination, *, known: ResponseKnowledge) -> Targets:
    """The largest measurable lesion of every organ first, then the next largest, within the limits of number.

    Solid lesions come before cystic ones. Every other lesion that is not absent becomes a non-target.
    """
    fit = [one for one in baseline.lesions if not any(p.breaks_a_rule for p in _faults(one, baseline, known))]
    fit = [one for one in fit if not one.is_treated_locally]
    fit.sort(key=lambda one: (one.is_cystic is True, -_size(one), one.lesion))
    chosen: list[LesionFinding] = []
    for in_organ_so_far in range(int(known.targets_per_organ_max.number)):
        for one in fit:
            taken = Counter(other.organ_counted for other in chosen)[one.organ_counted]
            if one not in chosen and taken == in_organ_so_far and len(chosen) < known.targets_max.number:
                chosen.append(one)
    names = tuple(one.lesion for one in chosen)
    return Targets(names, _others(baseline, names, known), check_targets(baseline, names, known=known))


def given_targets(baseline: Examination, names: tuple[str, ...], *, known: ResponseKnowledge) -> Targets:
    """The targets as given, with what is wrong with them.

    Raises
    ------
    InputError : A target is not a lesion of the baseline.
    """
    strangers = [unknown_lesion(name, "targets") for name in names if baseline.finding(name) is None]
    if strangers:
        raise InputError(strangers)
    unique = tuple(dict.fromkeys(names))
    return Targets(unique, _others(baseline, unique, known), check_targets(baseline, names, known=known))


def check_targets(
    baseline: Examination, names: tuple[str, ...], *, known: ResponseKnowledge
) -> tuple[TargetProblem, ...]:
    """What breaks a rule of RECIST 1.1 in a choice of targets, and what should be known of it."""
    found: list[TargetProblem] = []
    unique = tuple(dict.fromkeys(names))
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(TargetProblem(TargetFault.NAMED_TWICE, name, Reason(f"{name} is named twice.")))
    if len(unique) > known.targets_max.number:
        text = f"{len(unique)} targets; at most {known.targets_max.number:g}."
        found.append(TargetProblem(TargetFault.TOO_MANY, "", Reason(text, known.targets_max)))
    chosen = [one for one in (baseline.finding(name) for name in unique) if one is not None]
    found += _organ_problems(baseline, chosen, known)
    for one in chosen:
        found += _faults(one, baseline, known)
    return tuple(found)


def _organ_problems(
    baseline: Examination, chosen: list[LesionFinding], known: ResponseKnowledge
) -> list[TargetProblem]:
    """Too many in one organ, and organs that could have a target and have none."""
    found: list[TargetProblem] = []
    counted = Counter(one.organ_counted for one in chosen)
    for organ, number in sorted(counted.items()):
        if number > known.targets_per_organ_max.number:
            text = f"{number} targets in {organ}; at most {known.targets_per_organ_max.number:g}."
            entry = known.nodes_one_organ if organ == NODES else known.targets_per_organ_max
            found.append(TargetProblem(TargetFault.TOO_MANY_IN_ORGAN, organ, Reason(text, entry)))
    if len(chosen) >= known.targets_max.number:
        return found
    measurable = (one for one in baseline.lesions if not _faults(one, baseline, known))
    for organ in sorted({one.organ_counted for one in measurable} - set(counted)):
        text = f"A lesion of {organ} could be a target and none is."
        found.append(TargetProblem(TargetFault.ORGAN_LEFT_OUT, organ, Reason(text, known.representative)))
    return found


def _faults(one: LesionFinding, baseline: Examination, known: ResponseKnowledge) -> list[TargetProblem]:
    """What speaks against a lesion as a target."""

    def fault(kind: TargetFault, text: str, entry: Entry) -> TargetProblem:
        return TargetProblem(kind, one.lesion, Reason(f"{one.lesion}: {text}", entry))

    found: list[TargetProblem] = []
    if baseline.modality in (Modality.ULTRASOUND, Modality.RECEPTOR_PET, Modality.FDG_PET):
        text = f"{baseline.modality} does not measure lesions for these criteria."
        found.append(fault(TargetFault.WRONG_MODALITY, text, known.measurable_from))
    if one.is_treated_locally:
        text = "treated locally and not known to have grown since."
        found.append(fault(TargetFault.TREATED_LOCALLY, text, known.local_treatment))
    size = one.measured_mm
    if size is None:
        wanted = "short axis" if one.is_node else "longest diameter"
        text = f"the {wanted} was not measured."
        found.append(fault(TargetFault.NOT_MEASURED, text, known.measurable_from))
        return found
    least = known.node_target_from if one.is_node else known.measurable_from
    kind = TargetFault.NODE_TOO_SMALL if one.is_node else TargetFault.TOO_SMALL
    large = reaches_zero((1.0, size), (-1.0, exactly(least.number)))
    if not large.nominal:
        found.append(fault(kind, f"{size.value:.1f} mm, below {least.number:g} mm.", least))
    elif not large.is_certain:
        text = (
            f"{size.low:.1f} to {size.high:.1f} mm: the limit of {least.number:g} mm lies inside the error."
        )
        found.append(fault(TargetFault.NEAR_LIMIT, text, least))
    found += _slice_faults(one, size.value, baseline, known)
    return found


def _slice_faults(
    one: LesionFinding, size_mm: float, baseline: Examination, known: ResponseKnowledge
) -> list[TargetProblem]:
    """Whether the slices are thin enough for the lesion."""
    factor, thickness = known.slice_factor, baseline.slice_thickness_mm
    if thickness is None:
        text = f"{one.lesion}: the slice thickness is not known; it must be at most {size_mm / factor.number:.1f} mm."
        return [TargetProblem(TargetFault.SLICES_UNKNOWN, one.lesion, Reason(text, factor))]
    if reaches_zero((1.0, exactly(size_mm)), (-factor.number, exactly(thickness))).nominal:
        return []
    text = f"{one.lesion}: {size_mm:.1f} mm in slices of {thickness:g} mm; at least {factor.number:g} slices."
    return [TargetProblem(TargetFault.SLICES_TOO_THICK, one.lesion, Reason(text, factor))]


def _size(one: LesionFinding) -> float:
    return one.measured_mm.value if one.measured_mm else 0.0


def _others(baseline: Examination, names: tuple[str, ...], known: ResponseKnowledge) -> tuple[str, ...]:
    """Every lesion of the baseline that is not a target, not absent and no node of normal size."""
    return tuple(
        one.lesion for one in baseline.lesions if one.lesion not in names and not is_gone(one, known).nominal
    )
