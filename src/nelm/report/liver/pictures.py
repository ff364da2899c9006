"""What is proposed as pictures: the liver from the front, a slice through each lesion, needles, simulated zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nelm.imaging.lesions.burden import lesions_together
from nelm.imaging.measured import MeasuredLesion, StudyMeasurement
from nelm.planner.joint.problem import Action
from nelm.planner.liver.heated import HeatedLesion
from nelm.planner.liver.ledger import LiverLedger
from nelm.report.liver.oblique import ZONE, needle_picture
from nelm.report.liver.words import PAST
from nelm.report.measurement.pictures import Picture, grey_window
from nelm.report.measurement.slices import (
    DUCT,
    HEPATIC,
    LESION,
    LIVER,
    PORTAL,
    Overlay,
    slice_picture,
    view_of,
)
from nelm.report.measurement.solids import solids_of, solids_picture
from nelm.therapies.ablation.heating_scene import HENRIQUES
from nelm.therapies.ablation.lesion_plan import AblationOption
from nelm.therapies.ablation.placements import zones_within
from nelm.volume import Grid, Mask, Volume, mask_on

COLOURS = {
    Action.RESECT: "#e0524d",
    Action.ABLATE: ZONE,
    Action.EMBOLISE: "#a77be8",
    Action.LEAVE: "#9aa7b0",
}
RESECTED = "#e0524d"
MODELS = ("#ffd166", "#ff5fa2", "#ffffff", "#7bdff2", "#ff8c42")
FACES = {"liver": 12_000, "vessel": 8_000, "resected": 9_000, "lesion": 2_500}
MOST_PICTURES = 40


@dataclass(frozen=True, slots=True)
class LedgerPictures:
    """Pictures of one ledger.

    Parameters
    ----------
    liver : From the front; None for an empty liver.
    lesions : A slice through each lesion of the first plan.
    needles : Planes along the needles of the ablated lesions, or of those that could be.
    heat : Simulated zones.
    """

    liver: Picture | None
    lesions: tuple[Picture, ...]
    needles: tuple[Picture, ...]
    heat: tuple[Picture, ...]

    @property
    def all(self) -> tuple[Picture, ...]:
        """Every picture."""
        return (*((self.liver,) if self.liver else ()), *self.lesions, *self.needles, *self.heat)


def ledger_pictures(measurement: StudyMeasurement, ledger: LiverLedger) -> LedgerPictures:
    """All pictures; only the liver from the front where there is no image."""
    image = measurement.image
    solid = _solid(ledger)
    if image is None:
        return LedgerPictures(solid, (), (), ())
    drawn = _Drawn(image, ledger, _resected(ledger, image.grid))
    return LedgerPictures(
        solid, tuple(drawn.lesions()), tuple(drawn.needles()), tuple(drawn.heated_lesions())
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """An image with what is drawn on every picture of it."""

    image: Volume
    ledger: LiverLedger
    resected: Mask

    def lesions(self) -> Iterator[Picture]:
        """An axial slice through each lesion with what is resected and ablated."""
        ledger = self.ledger
        overlays = [*self._anatomy(), Overlay(self.resected, RESECTED, filled=0.22, width_pt=1.2)]
        zones = [
            Overlay(self._zone(option), ZONE, filled=0.12, width_pt=1.1)
            for option in _ablations(ledger, only_taken=True).values()
        ]
        view, window = (
            view_of(self.image.grid, ledger.measurement.regions.liver),
            grey_window(self.image, ledger.measurement.regions.liver),
        )
        for item in ledger.measurement.lesions[:MOST_PICTURES]:
            action = ledger.first.action_on(item.lesion.name)
            index = item.lesion.box[0].start + item.size.axial_slice
            png = slice_picture(
                self.image,
                [*overlays, *zones],
                index=index,
                view=view,
                window=window,
                caption=f"{item.lesion.name} {PAST[action]}",
            )
            yield Picture(item.lesion.name, png, f"{item.lesion.name}: {PAST[action]}")

    def needles(self) -> Iterator[Picture]:
        """The plane along each needle."""
        found = _ablations(self.ledger, only_taken=True) or _ablations(self.ledger, only_taken=False)
        window = grey_window(self.image, self.ledger.measurement.regions.liver)
        for name, option in list(found.items())[:MOST_PICTURES]:
            assert option.narrow is not None
            overlays = [*self._anatomy(), Overlay(self._zone(option), ZONE, filled=0.15, width_pt=1.2)]
            for place, path in enumerate(option.narrow.paths[:1]):
                png = needle_picture(
                    self.image,
                    overlays,
                    entry_mm=np.array(path.entry_mm),
                    tip_mm=np.array(path.tip_mm),
                    window=window,
                    caption=f"{name}  {path.length_mm:.0f} mm",
                )
                more = len(option.narrow.paths) - 1
                rest = f"; {more} more position{'s' if more > 1 else ''}" if more else ""
                caption = f"{name}: {path.length_mm:.0f} mm from the skin to the tip{rest}"
                yield Picture(f"needle_{name}_{place + 1}", png, caption)

    def heated_lesions(self) -> Iterator[Picture]:
        """The zones of every model of death in the slice of the lesion."""
        liver = self.ledger.measurement.regions.liver
        for name, heated in self.ledger.heat.items():
            item = next(one for one in self.ledger.measurement.lesions if one.lesion.name == name)
            overlays = [*self._anatomy(), *_models(heated, self.image.grid)]
            png = slice_picture(
                self.image,
                overlays,
                index=_heat_index(heated, item, self.image.grid),
                view=view_of(self.image.grid, item.lesion.on(self.image.grid)),
                window=grey_window(self.image, liver),
                caption=f"{name} heated",
            )
            yield Picture(f"heat_{name}", png, _heat_caption(name, heated))

    def _anatomy(self) -> list[Overlay]:
        """Liver, vessels, duct, lesions by what happens to them."""
        regions = self.ledger.measurement.regions
        found = [Overlay(regions.liver, LIVER)]
        for mask, colour in (
            (regions.portal, PORTAL),
            (regions.veins, HEPATIC),
            (regions.cava, HEPATIC),
            (regions.duct, DUCT),
        ):
            if mask is not None:
                found.append(Overlay(mask, colour, filled=0.3, width_pt=0.6))
        named = (item.lesion for item in self.ledger.measurement.lesions)
        lesions = lesions_together(named, self.image.grid)
        return [*found, Overlay(lesions, LESION, filled=0.12, width_pt=1.1)]

    def _zone(self, option: AblationOption) -> Mask:
        """The zones of an ablation on the grid of the image."""
        assert option.narrow is not None
        grid = self.image.grid
        return Mask(zones_within(option.narrow, grid, np.ones(grid.shape, dtype=bool)), grid)


def _ablations(ledger: LiverLedger, *, only_taken: bool) -> dict[str, AblationOption]:
    """The ablations of the first plan, or every one that places a needle, by lesion."""
    found: dict[str, AblationOption] = {}
    for plan in ledger.ablations:
        for option in plan.options:
            name = f"{option.modality.value} of {plan.lesion}"
            is_taken = name in ledger.first.taken
            if option.narrow is not None and option.narrow.count and (is_taken or not only_taken):
                found.setdefault(plan.lesion, option)
    return found


def _resected(ledger: LiverLedger, grid: Grid) -> Mask:
    """What the first plan takes out, on a grid."""
    return mask_on(_resected_working(ledger), grid)


def _resected_working(ledger: LiverLedger) -> Mask:
    liver = ledger.measurement.working_liver
    array = np.zeros(liver.grid.shape, dtype=bool)
    for name in ledger.first.taken:
        planned = ledger.resection(name)
        if planned is not None:
            array |= planned.candidate.region()
    return Mask(array, liver.grid)


def _solid(ledger: LiverLedger) -> Picture | None:
    """The liver from the front, its lesions by what happens to them."""
    regions = ledger.measurement.regions
    taken = _resected_working(ledger)
    parts = [("liver", regions.liver, "#e3a48f", 0.16, "")]
    if not taken.is_empty:
        parts.append(("resected", taken, RESECTED, 0.3, ""))
    for mask, colour in ((regions.portal, PORTAL), (regions.veins, HEPATIC)):
        if mask is not None:
            parts.append(("vessel", Mask(mask.array & regions.liver.array, mask.grid), colour, 0.85, ""))
    for item in ledger.measurement.lesions:
        colour = COLOURS[ledger.first.action_on(item.lesion.name)]
        parts.append(("lesion", item.lesion.mask, colour, 1.0, item.lesion.name))
    solids = solids_of(parts, FACES)
    if not solids:
        return None
    caption = (
        "The liver from the front, plan A: resected red, ablated pink, embolised violet, left grey; portal veins "
        "blue, hepatic veins turquoise"
    )
    return Picture("liver_plan", solids_picture(solids), caption)


def _models(heated: HeatedLesion, grid: Grid) -> list[Overlay]:
    """The zone of each model of death as an outline."""
    return [
        Overlay(mask_on(zone.mask, grid), MODELS[place % len(MODELS)], width_pt=1.3)
        for place, zone in enumerate(heated.zone.zones)
    ]


def _heat_index(heated: HeatedLesion, item: MeasuredLesion, grid: Grid) -> int:
    """The slice where vessels save most; that of the lesion's diameter where they save nothing."""
    sink = heated.zone.sink
    if sink is None or sink.saved_at_mm is None:
        return item.lesion.box[0].start + item.size.axial_slice
    index = round(float(grid.indices_of([sink.saved_at_mm])[0, 0]))
    return min(max(index, item.lesion.box[0].start), item.lesion.box[0].stop - 1)


def _heat_caption(name: str, heated: HeatedLesion) -> str:
    """Setting, volumes by model, and what the vessel saves."""
    zone = heated.zone
    volumes = ", ".join(
        f"{model.model} {model.volume_ml.value:.0f} mL ({COLOUR_NAMES[place % len(MODELS)]})"
        for place, model in enumerate(zone.zones)
    )
    said = f"{name}: {zone.setting.power_w:g} W for {zone.setting.duration_s:.0f} s; dead by {volumes}"
    if zone.sink is None:
        return said
    loss = next(one for one in zone.sink.losses if one.model == HENRIQUES)
    return (
        f"{said}. Beside the {zone.sink.vessel}, {zone.sink.distance_mm:.1f} mm away, {100 * loss.facing:.0f} % of the "
        f"lesion with its wide margin dies on that side; {100 * loss.facing_without:.0f} % if the vessel did not cool"
    )


COLOUR_NAMES = ("yellow", "pink", "white", "light blue", "orange")
