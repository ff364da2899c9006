"""Further cycles of radioligand therapy as part of a JSON document."""

from __future__ import annotations

from nelm.io.digits import significant
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
        "probability_kept": significant(plan.probability_kept, DIGITS),
        "largest_cycles": plan.largest_cycles,
        "largest_cycles_is_at_least": plan.is_at_least,
        "largest_activity_gbq": significant(plan.largest_activity_gbq, DIGITS),
        "limited_by": plan.limited_by,
        "organs": [
            {
                "name": organ.name,
                "gy_per_gbq": _spread(organ.gy_per_gbq),
                "own_weight": significant(organ.own_weight, DIGITS),
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
                "probability_exceeded": significant(found.probability_exceeded, DIGITS),
                "sources": list(found.limit.entry.sources) if found.limit.entry is not None else [],
                "status": found.limit.entry.status.value if found.limit.entry is not None else None,
            }
            for found in plan.limits
        ],
        "table": [
            {"cycles": cell.cycles, "activity_gbq": cell.activity_gbq, "keeps": cell.keeps,
             "probability_kept": significant(cell.probability_kept, DIGITS)}
            for cell in plan.table
        ],
    }  # fmt: skip


def _spread(found: Spread) -> Document:
    return {name: significant(getattr(found, name), DIGITS) for name in ("median", "mean", "low", "high")}
