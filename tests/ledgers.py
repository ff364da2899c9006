"""Entries of a dose ledger by hand: mono-exponential regions with the errors that a test asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from nelm.dosimetry.ledger import Ledger, LedgerEntry, LungDose
from nelm.dosimetry.ledger_region import LedgerRegion
from nelm.dosimetry.regions import RegionKind

FIRST = datetime(2025, 1, 6, 10, 30)
DOTATATE, RESIN = "prrt.lu177_dotatate", "radioembolisation.y90_resin"
HALF_LIFE_H = {DOTATATE: 52.0, RESIN: 64.1}


def region(
    name: str,
    kind: RegionKind,
    dose_gy: float | None,
    *,
    half_life_h: float = 52.0,
    random: float = 0.0,
    shared: Mapping[str, float] | None = None,
    mass_g: float = 300.0,
    uid: str | None = None,
) -> LedgerRegion:
    """A region with a mono-exponential dose rate."""
    rate = math.log(2) / half_life_h
    return LedgerRegion(
        name, kind, mass_g / 1.04, mass_g, dose_gy, random, shared or {},
        (dose_gy * rate,) if dose_gy is not None else (), (rate,) if dose_gy is not None else (),
        tracking_uid=uid, reason=None if dose_gy is not None else "the image does not hold all of it",
    )  # fmt: skip


def entry(
    course: str,
    cycle: int,
    *regions: LedgerRegion,
    after_h: float = 0.0,
    option: str = DOTATATE,
    activity_mbq: float | None = 7400.0,
    lung: LungDose | None = None,
) -> LedgerEntry:
    """An administration some hours after the first one."""
    nuclide = "Lu-177" if option.startswith("prrt.lu") else "Y-90"
    return LedgerEntry(
        course, cycle, option, nuclide, "agent", FIRST + timedelta(hours=after_h), activity_mbq, "kernel",
        tuple(regions), lung=lung,
    )  # fmt: skip


def kidneys(dose_gy: float | None, *, random: float = 0.0, **shared: float) -> LedgerRegion:
    """Both kidneys."""
    return region("kidneys", RegionKind.KIDNEYS, dose_gy, random=random, shared=shared)


def liver(dose_gy: float, *, half_life_h: float, random: float = 0.0, **shared: float) -> LedgerRegion:
    """The liver without its lesions."""
    return region("liver", RegionKind.LIVER_WITHOUT_LESIONS, dose_gy, half_life_h=half_life_h, random=random,
                  shared=shared, mass_g=1500.0)  # fmt: skip


def both_therapies() -> Ledger:
    """Two cycles of PRRT, then a radioembolisation that was given as two sessions."""
    return Ledger(
        (
            entry("prrt-1", 1, kidneys(3.4, random=0.05, camera=0.04), liver(2.0, half_life_h=70.0, camera=0.04)),
            entry("prrt-1", 2, kidneys(3.0, random=0.06, camera=0.04), liver(1.8, half_life_h=70.0, camera=0.04),
                  region("L1", RegionKind.LESION, 30.0, mass_g=12.0, random=0.2, uid="1.2.3"), after_h=1344.0),
            entry("tare-1", 1, liver(28.0, half_life_h=64.1, random=0.08, pet=0.05),
                  region("old L1", RegionKind.LESION, 120.0, half_life_h=64.1, mass_g=10.0, random=0.3, uid="1.2.3"),
                  after_h=6000.0, option=RESIN, activity_mbq=1500.0, lung=LungDose(6.0, 0.3, "planar shunt")),
            entry("tare-1", 2, liver(12.0, half_life_h=64.1, random=0.1, pet=0.05),
                  after_h=6700.0, option=RESIN, activity_mbq=800.0),
        ),
        case="demo-001",
    )  # fmt: skip
