"""The three kinds of microspheres side by side: nuclide, dose constant, activity of a sphere, residual, vials."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.guideline.therapy import Item, item
from nelm.knowledge import Entry
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


class Device(StrEnum):
    """A kind of microsphere, by the identifier of its option."""

    RESIN = "radioembolisation.y90_resin"
    GLASS = "radioembolisation.y90_glass"
    HOLMIUM = "radioembolisation.ho166"


class Method(StrEnum):
    """A way to find the activity."""

    BODY_SURFACE = "body surface"
    MEAN_DOSE = "mean dose to the perfused mass"
    PARTITION = "partition"
    VOXEL = "voxels of the mapping SPECT"


@dataclass(frozen=True, slots=True)
class Microspheres:
    """What is particular to one kind of microsphere.

    Parameters
    ----------
    device, nuclide : Which; the nuclide as ICRP-107 writes it.
    constant : Dose of 1 GBq that decays in 1 kg [Gy kg/GBq], the one that is used here.
    other_constants : Others in use, which give another dose for the same activity.
    label_methods : Methods that the device is labelled with.
    sphere_activity : Activity of one sphere [Bq].
    residual : Share of the activity that stays behind at delivery, with its limits [1].
    vials : Activities of vials on sale [GBq]; None where none was read.
    remarks : What sets the device apart, with sources.
    """

    device: Device
    nuclide: str
    constant: Entry
    other_constants: tuple[Entry, ...]
    label_methods: tuple[Method, ...]
    sphere_activity: Entry
    residual: Estimate
    vials: Entry | None
    remarks: tuple[Item, ...]

    @property
    def constant_gy_kg_per_gbq(self) -> float:
        """The dose constant that is used [Gy kg/GBq]."""
        return self.constant.number


def microspheres(device: Device, known: RadioembolisationKnowledge) -> Microspheres:
    """What is particular to a device, from the knowledge."""
    match device:
        case Device.RESIN:
            return _resin(known)
        case Device.GLASS:
            return _glass(known)
        case Device.HOLMIUM:
            return _holmium(known)


def _resin(known: RadioembolisationKnowledge) -> Microspheres:
    return Microspheres(
        device=Device.RESIN,
        nuclide="Y-90",
        constant=known.y90_dose_constant,
        other_constants=(known.glass_dose_constant, known.y90_dose_constant_icrp107),
        label_methods=(Method.BODY_SURFACE, Method.PARTITION),
        sphere_activity=known.resin_sphere_activity,
        residual=_skewed(known.residual_resin, known.residual_resin_max),
        vials=known.resin_vial,
        remarks=(
            item("methods of the device", known.resin_methods),
            item("calibration", known.resin_vial_calibration),
            item("spheres", known.spheres_differ),
            item("residual", known.residual_resin),
            item("residual, smallest activities", known.residual_resin_max),
        ),
    )


def _glass(known: RadioembolisationKnowledge) -> Microspheres:
    return Microspheres(
        device=Device.GLASS,
        nuclide="Y-90",
        constant=known.glass_dose_constant,
        other_constants=(known.y90_dose_constant, known.y90_dose_constant_icrp107),
        label_methods=(Method.MEAN_DOSE,),
        sphere_activity=known.glass_sphere_activity,
        residual=_skewed(known.residual_glass, known.residual_glass_max),
        vials=known.glass_vials,
        remarks=(
            item("methods of the device", known.glass_methods),
            item("spheres", known.spheres_differ),
            item("residual", known.residual_glass),
            item("residual, smallest activities", known.residual_glass_max),
        ),
    )


def _holmium(known: RadioembolisationKnowledge) -> Microspheres:
    low, high = known.residual_ho166.low or 0.0, known.residual_ho166.high or 0.0
    return Microspheres(
        device=Device.HOLMIUM,
        nuclide="Ho-166",
        constant=known.ho166_dose_constant,
        other_constants=(known.ho166_dose_constant_electrons,),
        label_methods=(Method.MEAN_DOSE,),
        sphere_activity=known.ho166_sphere_activity,
        residual=Estimate(known.residual_ho166.number / 100, low / 100, high / 100),
        vials=None,
        remarks=(
            item("mean dose", known.ho166_dose),
            item("residual", known.residual_ho166),
            item("scout dose", known.ho166_scout),
        ),
    )


def _skewed(median: Entry, highest: Entry) -> Estimate:
    """Limits of a residual of which median and maximum were published: even on a logarithmic scale [1]."""
    middle, high = median.number / 100, highest.number / 100
    return Estimate(middle, middle**2 / high, high)
