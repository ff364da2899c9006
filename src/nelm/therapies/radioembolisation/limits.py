"""What must not be exceeded: dose and activity to the lungs with their history, dose to normal liver."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.errors import problem
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Entry
from nelm.therapies.radioembolisation.activity import LungBands, lung_dose_left_gy, resin_lung_factor
from nelm.therapies.radioembolisation.devices import Device
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


class Bound(StrEnum):
    """What sets an activity."""

    TUMOUR_DOSE = "dose aimed at in tumour"
    PERFUSED_NORMAL = "limit of the perfused normal liver"
    WHOLE_NORMAL = "limit of the whole normal liver"
    LUNG_DOSE = "limit of the lung dose"
    LUNG_ACTIVITY = "the label's limit of the activity that reaches the lungs"
    FORMULA = "the formula itself"


@dataclass(frozen=True, slots=True)
class Aims:
    """What a plan is to reach and must not exceed; None where nothing is asked.

    Parameters
    ----------
    tumour_gy : Mean dose to tumour that is aimed at [Gy].
    perfused_normal_max_gy : Highest mean dose to the perfused normal liver of any territory [Gy].
    whole_normal_max_gy : Highest mean dose to all normal liver, spared parts included [Gy].
    lung_max_gy : Lung dose that this session may give [Gy], see `lung_allowance`.
    lung_activity_max_gbq : Activity that may reach the lungs [GBq].
    """

    tumour_gy: float | None = None
    perfused_normal_max_gy: float | None = None
    whole_normal_max_gy: float | None = None
    lung_max_gy: float | None = None
    lung_activity_max_gbq: float | None = None


@dataclass(frozen=True, slots=True)
class LungAllowance:
    """The lung dose that is left.

    Parameters
    ----------
    session_gy : What this session may give [Gy]; None where the dose of earlier sessions is not known.
    earlier_gy : What earlier sessions gave together [Gy]; None where it is not known.
    set_by : The limit that decides, or what is missing.
    remarks : Limits with their sources.
    """

    session_gy: float | None
    earlier_gy: float | None
    set_by: str
    remarks: tuple[Item, ...]


def lung_allowance(
    earlier_sessions_gy: tuple[float, ...] | None, known: RadioembolisationKnowledge
) -> LungAllowance:
    """Lung dose that this session may give: 30 Gy, or less where 50 Gy in all leave less.

    Parameters
    ----------
    earlier_sessions_gy : Lung dose of each earlier session [Gy]; empty where there was none, None where there was
        one of unknown dose. Doses are added as they are, without regard to the time between them.
    """
    single, total = known.lung_dose_single_max, known.lung_dose_total_max
    remarks = (item("session", single), item("all sessions", total), item("history", known.lung_history))
    if earlier_sessions_gy is None:
        return LungAllowance(None, None, "the lung dose of earlier sessions is not known", remarks)
    if any(dose < 0 for dose in earlier_sessions_gy):
        raise problem(min(earlier_sessions_gy), "doses of 0 Gy or more", path="earlier_sessions_gy")
    earlier = sum(earlier_sessions_gy)
    left = lung_dose_left_gy(single_max_gy=single.number, total_max_gy=total.number, so_far_gy=earlier)
    if left <= 0.0:
        return LungAllowance(0.0, earlier, "earlier sessions have used up the dose of a lifetime", remarks)
    decides = "the limit of a session" if left >= single.number else "what the limit of all sessions leaves"
    return LungAllowance(left, earlier, decides, remarks)


def resin_bands(known: RadioembolisationKnowledge) -> LungBands:
    """The table of lung shunts of the resin label, from the knowledge."""
    return LungBands(
        first=known.lung_band_first.number,
        second=known.lung_band_second.number,
        highest=known.lung_shunt_max.number,
        first_factor=known.lung_factor_first.number,
        second_factor=known.lung_factor_second.number,
    )


@dataclass(frozen=True, slots=True)
class ResinReduction:
    """What the resin table says of a lung shunt: the share of the activity kept, None where none is given."""

    kept: float | None
    remark: Item


def resin_reduction(lung_shunt: float, known: RadioembolisationKnowledge) -> ResinReduction:
    """The band of the resin table that a lung shunt fraction lies in."""
    bands = resin_bands(known)
    kept = resin_lung_factor(lung_shunt=lung_shunt, bands=bands)
    if kept is None:
        entry: Entry = known.lung_shunt_max
    elif kept == bands.second_factor:
        entry = known.lung_factor_second
    elif kept == 1.0:
        entry = known.lung_band_first
    else:
        entry = known.lung_factor_first
    return ResinReduction(kept, item("resin table of lung shunts", entry))


@dataclass(frozen=True, slots=True)
class NormalLiverLimits:
    """Dose to normal liver not to exceed [Gy], of the perfused part and of all of it, and where it is from."""

    perfused_max_gy: float | None
    whole_max_gy: float | None
    remarks: tuple[Item, ...]


def normal_liver_limits(
    device: Device, *, pretreated: bool | None, bilobar: bool, known: RadioembolisationKnowledge
) -> NormalLiverLimits:
    """Limits of normal liver of a device; none of them was set in neuroendocrine metastases, which is said.

    Parameters
    ----------
    pretreated : Chemotherapy, PRRT, or a weak liver; None (not known) is taken as true, the lower limit.
    bilobar : Both lobes in this treatment.
    """
    borrowed = item("limits from other tumours", known.dose_tables_without_net)
    match device:
        case Device.RESIN:
            spared = pretreated is False
            entry = known.resin_normal_liver_max if spared else known.resin_normal_liver_pretreated_max
            return NormalLiverLimits(entry.number, None, (item("normal liver", entry), borrowed))
        case Device.GLASS:
            entry = known.glass_whole_normal_max
            return NormalLiverLimits(None, entry.number, (item("normal liver", entry), borrowed))
        case Device.HOLMIUM:
            entry = known.ho166_normal_bilobar_max if bilobar else known.ho166_normal_max
            return NormalLiverLimits(None, entry.number, (item("normal liver", entry), borrowed))
