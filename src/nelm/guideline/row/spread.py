"""Liver, spread, course and symptoms as cells."""

from __future__ import annotations

import math

from nelm.case import Case, Extrahepatic, Lesion
from nelm.case import vocabulary as words
from nelm.guideline.row.cells import Cells, highest, lowest
from nelm.quantities import Interval, Measured

LEFT, RIGHT = frozenset({2, 3, 4}), frozenset({5, 6, 7, 8})
ADJACENT = frozenset(
    frozenset(pair)
    for pair in (
        (2, 3),
        (2, 4),
        (3, 4),
        (4, 5),
        (4, 8),
        (5, 6),
        (5, 8),
        (6, 7),
        (7, 8),
        (1, 4),
        (1, 2),
        (1, 7),
    )
)


def fill_liver(cells: Cells, case: Case) -> None:
    """Liver metastases and the liver around them, from the list of lesions where there is one."""
    liver = case.liver
    plain = ("largest_mm", "lobes", "burden_percent", "resectable", "volume_ml", "future_liver_remnant_ml",
             "parenchyma", "portal_vein_thrombosis", "bilioenteric_anastomosis", "biliary_obstruction", "ascites",
             "encephalopathy", "lung_shunt_fraction", "lung_dose_so_far_gy")  # fmt: skip
    for name in plain:
        cells.put(f"liver.{name}", getattr(liver, name), f"liver.{name}")
    count = liver.lesion_count_interval
    if count is not None:
        cells.put("liver.lesion_count", count, "liver.lesion_count")
    elif liver.lesions:
        at_least = Interval(float(len(liver.lesions)), math.inf)
        cells.put("liver.lesion_count", at_least, "liver.lesions", inferred="lesions listed")
    if cells.value("patient.comorbidities.cirrhosis") is True:
        cells.put("liver.parenchyma", "cirrhosis", "patient.comorbidities", inferred="listed cirrhosis")
    if liver.lung_dose_so_far_gy is not None and liver.lung_dose_so_far_gy.low > 0:
        cells.put(
            "treatments.radioembolisation.received",
            True,
            "liver.lung_dose_so_far_gy",
            inferred="the lungs had a dose from it",
        )
    _fill_lesions(cells, liver.lesions)


def _fill_lesions(cells: Cells, lesions: tuple[Lesion, ...]) -> None:
    if not lesions:
        return
    count = cells.value("liver.lesion_count")
    complete = isinstance(count, Interval) and count.high == len(lesions)
    largest = highest(item.diameter_mm for item in lesions)
    if largest is not None and not complete:
        largest = Interval(largest.low, math.inf)
    cells.put("liver.largest_mm", largest, "liver.lesions", inferred="from the lesions")
    for name, attribute in (
        ("liver.closest_vessel_mm", "to_major_vessel_mm"),
        ("liver.closest_bile_duct_mm", "to_central_bile_duct_mm"),
    ):
        found = lowest(getattr(item, attribute) for item in lesions)
        all_measured = complete and all(getattr(item, attribute) is not None for item in lesions)
        if found is not None:
            cells.put(name, found if all_measured else Interval(0.0, found.high), "liver.lesions")
    _fill_places(cells, lesions, complete)


def _fill_places(cells: Cells, lesions: tuple[Lesion, ...], complete: bool) -> None:
    segments = {segment for item in lesions for segment in item.segments}
    located = complete and all(item.segments for item in lesions)
    if segments & LEFT and segments & RIGHT:
        cells.put("liver.lobes", "both", "liver.lesions", inferred="from the segments")
    elif located and segments and 1 not in segments:
        cells.put("liver.lobes", "one", "liver.lesions", inferred="from the segments")
    if located:
        near = len(segments) == 1 or frozenset(segments) in ADJACENT
        cells.put("liver.two_adjacent_segments", near, "liver.lesions", inferred="from the segments")


def fill_extrahepatic(cells: Cells, case: Case) -> None:
    """Disease outside the liver; what is not listed is absent only when the record says so."""
    listed, complete = case.extrahepatic, case.no_other_extrahepatic is True
    for i, item in enumerate(listed):
        cells.put(f"extrahepatic.{item.site}", True, f"extrahepatic[{i}]")
        if item.site in ("bone", "brain"):
            cells.put(
                f"extrahepatic.{item.site}.symptomatic", item.symptomatic, f"extrahepatic[{i}].symptomatic"
            )
    stated = case.tumour.tnm.m
    beyond = True if listed or stated in ("M1b", "M1c") else None
    if beyond is None and (complete or stated in ("M0", "M1a")):
        beyond = False
    path = "extrahepatic" if listed else ("no_other_extrahepatic" if complete else "tumour.tnm.m")
    cells.put("extrahepatic.any", beyond, path)
    if complete or beyond is False:
        for site in words.ExtrahepaticSite:
            cells.put(f"extrahepatic.{site}", False, path)
    _fill_extent(cells, listed, complete=complete, none=beyond is False)


def _fill_extent(cells: Cells, listed: tuple[Extrahepatic, ...], *, complete: bool, none: bool) -> None:
    extents = [item.extent for item in listed]
    removable = [item.resectable for item in listed]
    if words.ExtrahepaticExtent.EXTENSIVE in extents:
        cells.put("extrahepatic.extensive", True, "extrahepatic")
    elif none or (complete and extents and all(item is not None for item in extents)):
        cells.put("extrahepatic.extensive", False, "extrahepatic", "no_other_extrahepatic")
    if False in removable:
        cells.put("extrahepatic.all_resectable", False, "extrahepatic")
    elif complete and removable and all(removable):
        cells.put("extrahepatic.all_resectable", True, "extrahepatic", "no_other_extrahepatic")


def _present(grade: Measured | None) -> bool | None:
    """Whether a listed symptom is there: grade 0 says no, a range that holds 0 leaves it open."""
    if grade is None or grade.low > 0:
        return True
    return None if grade.high > 0 else False


def fill_course(cells: Cells, case: Case) -> None:
    """Course of the disease and symptoms."""
    for name in ("status", "basis", "interval_months", "diameter_change_percent", "rapid"):
        cells.put(f"course.{name}", getattr(case.course, name), f"course.{name}")
    for i, item in enumerate(case.symptoms):
        base, path = f"symptoms.{item.name}", f"symptoms[{i}]"
        cells.put(base, _present(item.ctcae_grade), f"{path}.name")
        cells.put(f"{base}.ctcae_grade", item.ctcae_grade, f"{path}.ctcae_grade")
        cells.put(f"{base}.refractory_to_ssa", item.refractory_to_ssa, f"{path}.refractory_to_ssa")
        if item.name in ("diarrhoea", "flushing"):
            cells.put(f"{base}.per_day", item.per_day, f"{path}.per_day")
