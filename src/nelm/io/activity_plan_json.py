"""Further cycles of radioligand therapy as part of a JSON document."""

from __future__ import annotations

from nelm.therapies.prrt.activity import ActivityPlan, Spread

Document = dict[str, object]
DIGITS = 6


def plan_document(plan: ActivityPlan) -> Document:
    """Organs, limits with their chance of being exceeded, and what keeps them."""
    return {
        "given_gbq": list(plan.given_gbq),
        "activity_gbq": plan.activity_gbq,
        "cycles": plan.cycles,
        "confidence": plan.confidence,
        "probability_kept": _rounded(plan.probability_kept),
        "largest_cycles": plan.largest_cycles,
        "largest_cycles_is_at_least": plan.is_at_least,
        "largest_activity_gbq": _rounded(plan.largest_activity_gbq),
        "limited_by": plan.limited_by,
        "organs": [
            {
                "name": organ.name,
                "gy_per_gbq": _spread(organ.gy_per_gbq),
                "own_weight": _rounded(organ.own_weight),
                "given_gy": _spread(organ.given_gy),
                "total_gy": _spread(organ.total_gy),
                "total_bed_gy": _spread(organ.total_bed_gy) if organ.total_bed_gy is not None else None,
            }
            for organ in plan.organs
        ],
        "limits": [
            {
                "name": found.limit.name,
                "organ": found.limit.organ,
                "quantity": found.limit.quantity.value,
                "limit_gy": found.limit.value_gy,
                "binds": found.limit.binding,
                "projected_gy": _spread(found.projected_gy),
                "probability_exceeded": _rounded(found.probability_exceeded),
                "sources": list(found.limit.entry.sources) if found.limit.entry is not None else [],
                "status": found.limit.entry.status.value if found.limit.entry is not None else None,
            }
            for found in plan.limits
        ],
        "table": [
            {"cycles": cell.cycles, "activity_gbq": cell.activity_gbq, "keeps": cell.keeps,
             "probability_kept": _rounded(cell.probability_kept)}
            for cell in plan.table
        ],
    }  # fmt: skip


def _spread(found: Spread) -> Document:
    return {name: _rounded(getattr(found, name)) for name in ("median", "mean", "low", "high")}


def _rounded(value: float | None) -> float | None:
    """To so many significant digits."""
    return None if value is None else float(f"{value:.{DIGITS}g}")
