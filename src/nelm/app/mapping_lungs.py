"""Lung shunt and lung mass of a mapping study: by SPECT/CT, by planar views beside it, or as a report states them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.app.mapping_doses import MappedActivity
from nelm.app.mapping_regions import MappedLiver
from nelm.dosimetry.bodies import DensityCurve
from nelm.errors import InputError, NelmError, Problem
from nelm.imaging.projection import Behind, laid_behind
from nelm.io.dicom.acquisition import Acquisition
from nelm.io.dicom.discovery import find_series
from nelm.io.dicom.instances import Layout
from nelm.io.dicom.planar_pairs import PlanarPair, read_planar_pair
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.lung_mass import LungMass, assumed_lung_mass, lung_mass_of_density
from nelm.therapies.radioembolisation.lung_shunt import (
    LungShunt,
    PlanarView,
    planar_lung_shunt,
    spect_lung_shunt,
    stated_lung_shunt,
)
from nelm.volume import Mask, Volume, mask_on

TECHNETIUM = "Tc-99m"
BODY_HU = -300.0
FEWEST_BACKGROUND = 100
"""Pixels from which a background is worth its noise."""


@dataclass(frozen=True, slots=True)
class Lungs:
    """Lung shunt and mass.

    Parameters
    ----------
    shunt : What is planned with; None where there is none at all.
    beside : Other estimates of it, to be compared.
    mass : Of both lungs.
    remarks : What could not be done.
    """

    shunt: LungShunt | None
    beside: tuple[LungShunt, ...]
    mass: LungMass
    remarks: tuple[str, ...]


def lungs_of(
    mapped: MappedActivity,
    liver: MappedLiver,
    *,
    planar: LungShunt | None,
    stated: Estimate | None,
    resolution_mm: float | None,
    density: DensityCurve,
    known: RadioembolisationKnowledge,
) -> Lungs:
    """Lung shunt by SPECT/CT where lungs are segmented, else planar, else as stated in the case."""
    mass, whole_ml, remarks = _mass(mapped.ct, liver, density, known)
    found: list[LungShunt] = []
    if liver.lungs is not None:
        found.append(_by_spect(mapped, liver, whole_ml, resolution_mm=resolution_mm, known=known))
    if planar is not None:
        found.append(planar)
    if stated is not None:
        found.append(stated_lung_shunt(stated, known))
    if not found:
        remarks.append(
            "no lung shunt: segment the lungs on the CT, give --planar FILE, or state it in the case"
        )
    return Lungs(found[0] if found else None, tuple(found[1:]), mass, tuple(remarks))


def planar_shunt(
    paths: Sequence[Path], *, spect: Volume, facts: Acquisition, liver: MappedLiver, ct: Volume,
    known: RadioembolisationKnowledge,
) -> tuple[LungShunt, tuple[str, ...]]:  # fmt: skip
    """Lung shunt from planar views, their regions those of the CT projected.

    Raises
    ------
    InputError : Not one anterior and one posterior view, another nuclide or patient, no pixel size, no lungs.
    ConvergenceError : Views that do not look like the SPECT.
    """
    pair = read_planar_pair(paths)
    pixel_mm = _checked(pair, facts, paths)
    if liver.lungs is None:
        raise InputError([Problem("study", "no lungs", "the lungs segmented on the CT, for their place in the views",
                                  "Add them, or state liver.lung_shunt_fraction in the case")])  # fmt: skip
    place = laid_behind(pair.geometric_mean, pixel_mm, spect)
    body = Mask(np.asarray(ct.array, dtype=np.float32) > BODY_HU, ct.grid)
    lungs, hepatic, background = _shadows(place, liver, body, margin_mm=known.dome_margin.number)
    front, back = (
        PlanarView(np.asarray(image, dtype=np.float64), lungs, hepatic, background)
        for image in (pair.anterior, pair.posterior_turned)
    )
    said = [f"planar views laid over the SPECT (correlation {place.correlation:.2f}); regions are those of the CT, "
            "projected; lung behind and next to the liver is left out", *pair.notes]  # fmt: skip
    if liver.is_lung_cut:
        said.append("the CT ends within the lungs: planar counts above it are not counted as lung")
    return planar_lung_shunt(front, back, known=known), tuple(said)


def planar_paths(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Files of planar images in a study."""
    found = [one for one in find_series(paths).of("NM") if one.layout is Layout.PLANAR]
    return tuple(source.path for series in found for source in series.sources)


def _checked(pair: PlanarPair, facts: Acquisition, paths: Sequence[Path]) -> tuple[float, float]:
    """Pixel size [mm] of views that belong to the SPECT."""
    problems: list[Problem] = []
    nuclide, own = pair.acquisition.nuclide, pair.acquisition.patient_key
    if nuclide not in (TECHNETIUM, None):
        problems.append(
            Problem("planar nuclide", nuclide, "99mTc, that of the mapping study", "Give its planar file")
        )
    if None not in (own, facts.patient_key) and own != facts.patient_key:
        problems.append(Problem("planar patient", "another patient", "the patient of the SPECT",
                                "Give the planar file of this patient"))  # fmt: skip
    if pair.pixel_mm is None:
        problems.append(
            Problem("planar PixelSpacing", "", "the size of a pixel", "Export it again with its header")
        )
    if problems or pair.pixel_mm is None:
        raise InputError(problems, file=", ".join(path.name for path in paths))
    return pair.pixel_mm


def _shadows(
    place: Behind, liver: MappedLiver, body: Mask, *, margin_mm: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_] | None]:
    """Lungs, liver and background in a view; None for a background that is too small."""
    assert liver.lungs is not None
    pixels = [
        max(1, round(margin_mm / step)) for step in (place.grid.spacing_mm[0], place.grid.spacing_mm[2])
    ]

    def wider(region: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
        reach = [np.arange(-times * n, times * n + 1) / (times * n) for n in pixels]
        disc = reach[0][:, None] ** 2 + reach[1][None, :] ** 2 <= 1.0
        return np.asarray(ndimage.binary_dilation(region, disc), dtype=bool)

    hepatic, lungs = place.shadow(liver.liver), place.shadow(liver.lungs)
    background = place.shadow(body) & ~wider(hepatic | lungs, 2)
    return lungs & ~wider(hepatic, 1), hepatic, background if background.sum() >= FEWEST_BACKGROUND else None


def _by_spect(
    mapped: MappedActivity, liver: MappedLiver, whole_ml: float | None, *, resolution_mm: float | None,
    known: RadioembolisationKnowledge,
) -> LungShunt:  # fmt: skip
    """By SPECT/CT; counts that bleed out of the liver by its resolution are the liver's."""
    assert liver.lungs is not None
    grid = mapped.view.scan.activity.grid
    z, y, x = grid.spacing_mm
    margin = resolution_mm or known.mapping_resolution.number
    inside = mask_on(liver.liver, grid).array
    lungs = mask_on(liver.lungs, grid).array & ~inside
    near = np.asarray(ndimage.distance_transform_edt(~inside, sampling=(z, y, x))) <= margin
    return spect_lung_shunt(
        mapped.counts,
        lungs=lungs,
        liver=near & ~lungs,
        voxel_mm=(z, y, x),
        known=known,
        dome_margin_mm=known.dome_margin.number,
        lung_volume_ml=whole_ml,
    )


def _mass(
    ct: Volume, liver: MappedLiver, density: DensityCurve, known: RadioembolisationKnowledge
) -> tuple[LungMass, float | None, list[str]]:
    """Mass of the lungs, their whole volume [mL] as far as it is known, and what was assumed."""
    if liver.lungs is None:
        return (
            assumed_lung_mass(known),
            None,
            ["lungs are not segmented: their mass is the one commonly assumed"],
        )
    box = liver.lungs.box()
    hounsfield = np.asarray(ct.array[box], dtype=np.float64)
    values = np.interp(hounsfield, density.hounsfield, density.density_g_cm3)
    own = lung_mass_of_density(values, lungs=liver.lungs.array[box], voxel_ml=ct.grid.voxel_ml, known=known)
    if not liver.is_lung_cut:
        return own, liver.lungs.volume_ml, []
    assumed = assumed_lung_mass(known)
    if own.mass_kg.value >= assumed.mass_kg.value:
        return (
            own,
            liver.lungs.volume_ml,
            ["the CT ends within the lungs: mass and shunt are those of the part seen"],
        )
    whole_ml = liver.lungs.volume_ml * assumed.mass_kg.value / own.mass_kg.value
    said = (
        f"the CT ends within the lungs ({own.mass_kg.value:.2f} kg seen): they are taken to weigh as much as is "
        f"commonly assumed, {whole_ml:.0f} mL at the density seen"
    )
    return assumed, whole_ml, [said]


def planar_of_study(
    paths: Sequence[Path], given: Sequence[Path], *, spect: Volume, facts: Acquisition, liver: MappedLiver, ct: Volume,
    known: RadioembolisationKnowledge,
) -> tuple[LungShunt | None, tuple[str, ...]]:  # fmt: skip
    """Of the planar files that were named, else of those in the study; the latter only where they can be used.

    Raises
    ------
    InputError, ConvergenceError : Named files that cannot be used.
    """
    if given:
        return planar_shunt(given, spect=spect, facts=facts, liver=liver, ct=ct, known=known)
    lying_about = planar_paths(paths)
    if not lying_about:
        return None, ()
    try:
        return planar_shunt(lying_about, spect=spect, facts=facts, liver=liver, ct=ct, known=known)
    except NelmError as error:
        return None, (f"planar images not used: {error}",)
