"""The front of joint plans: tumour left against liver kept, with the burden that each plan asks."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from nelm.planner.joint.front import Front
from nelm.planner.joint.plan import JointPlan
from nelm.planner.joint.proposals import Aim
from nelm.report.dosimetry.drawing import COLOURS, FONT_PT, INK, Chart, panel, svg_of

WIDTH_INCH, HEIGHT_INCH = 5.4, 3.5


def front_chart(
    front: Front, named: Sequence[tuple[Aim, JointPlan]], *, limit_ml: float | None, name: str
) -> Chart:
    """Every plan on the front and the named ones; larger circles ask more of the patient.

    Parameters
    ----------
    limit_ml : Smallest remnant that was kept; None where none could be applied [mL].
    name : Begins the names inside the drawing.
    """
    figure, axes = panel(WIDTH_INCH, HEIGHT_INCH)
    for plan in front.plans:
        axes.scatter(
            plan.remnant_ml.value, 100 - plan.removed_percent.value, s=_size(plan),
            facecolors="none", edgecolors=COLOURS[0], linewidths=1.0,
        )  # fmt: skip
    for letter, plan, _ in lettered(named):
        x, y = plan.remnant_ml.value, 100 - plan.removed_percent.value
        axes.scatter(x, y, s=_size(plan), color=COLOURS[1], alpha=0.35, linewidths=0)
        axes.annotate(
            letter, (x, y), textcoords="offset points", xytext=(6, 5), fontsize=FONT_PT + 1, color=INK
        )
    if limit_ml is not None:
        axes.axvline(limit_ml, color=COLOURS[1], linewidth=1.0, linestyle="--")
        axes.annotate(
            "smallest remnant", (limit_ml, 1.0), xycoords=("data", "axes fraction"), fontsize=FONT_PT,
            color=INK, rotation=90, ha="right", va="top", xytext=(-2, -2), textcoords="offset points",
        )  # fmt: skip
    axes.set_xlabel("liver that stays, supplied and drained [mL]", fontsize=FONT_PT, color=INK)
    axes.set_ylabel("tumour neither resected nor ablated [%]", fontsize=FONT_PT, color=INK)
    axes.set_ylim(-4, 104)
    words = "Joint plans that nothing betters"
    told = "; ".join(f"{100 - one.removed_percent.value:.0f} % left, {one.remnant_ml.value:.0f} mL stay"
                     for one in front.plans)  # fmt: skip
    svg: Markup = svg_of(figure, name=name, title=words, told=told)
    return Chart(words, svg, _caption(front, named))


def lettered(named: Sequence[tuple[Aim, JointPlan]]) -> list[tuple[str, JointPlan, str]]:
    """The named plans, equal ones together: letter, plan, and what it was asked to be."""
    groups: dict[tuple[str, ...], tuple[JointPlan, list[str]]] = {}
    for aim, plan in named:
        groups.setdefault(tuple(sorted(plan.taken)), (plan, []))[1].append(aim.name)
    return [
        (chr(ord("A") + place), plan, "; ".join(names)) for place, (plan, names) in enumerate(groups.values())
    ]


def _size(plan: JointPlan) -> float:
    burden = plan.burden
    return 18.0 + 14.0 * (burden.complexity + burden.needles)


def _caption(front: Front, named: Sequence[tuple[Aim, JointPlan]]) -> str:
    letters = ", ".join(f"{letter} {words}" for letter, _, words in lettered(named))
    said = [f"{len(front.plans)} plans on the front, at least {front.resolution.residual_percent:g} % of the tumour or "
            f"{front.resolution.liver_percent:g} % of the liver apart. The larger the circle, the more resections "
            f"(by grade) and needles. {letters}."]  # fmt: skip
    return " ".join([*said, *(f"{remark}." for remark in front.remarks)])
