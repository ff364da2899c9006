"""`nelm propose` on a real liver (3Dircadb1.17): run whole, once, and looked at against its own masks."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

import nelm.app.proposing
from nelm.app.proposing import Proposed
from nelm.cli.entry import run
from nelm.imaging.measured import LiverMeasurement

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ircad_ledger")]
CASE = """schema: nelm.case/1
id: ircad-17
as_of: 2026-03-10
patient: {sex: male, height_cm: 178, weight_kg: 78}
liver: {parenchyma: normal}
"""
"""Body size is not part of the data set: this one gives a liver of 1699 mL by formula."""


@dataclass(frozen=True)
class Whole:
    """The run: its document, its page and pictures, and the liver that it measured."""

    measurement: LiverMeasurement
    document: dict
    pictures: dict[str, bytes]
    page: str


@pytest.fixture(scope="module")
def whole(ircad_ct: Path, ircad_masks: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("ircad_ledger")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    given = ["--case", str(folder / "case.yaml"), "--simulate", "L2"]
    files = {"--json": "liver.json", "--html": "liver.html", "--pictures": "pictures"}
    wanted = [part for option, name in files.items() for part in (option, str(folder / name))]
    seen: list[Proposed] = []

    def recorded(*arguments: Any, **options: Any) -> Proposed:
        seen.append(proposing(*arguments, **options))
        return seen[-1]

    proposing = nelm.app.proposing.propose
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nelm.app.proposing, "propose", recorded)
        assert run(["propose", str(ircad_ct), str(ircad_masks), *given, *wanted]) == 0
    document = json.loads((folder / "liver.json").read_text(encoding="utf-8"))
    pictures = {path.name: path.read_bytes() for path in (folder / "pictures").iterdir()}
    page = (folder / "liver.html").read_text(encoding="utf-8")
    return Whole(seen[0].measurement.liver, document, pictures, page)


def test_both_tumours_go_by_wedges_and_too_large_ones_are_not_ablated(whole: Whole) -> None:
    first = whole.document["plans"][0]
    assert [one["action"] for one in first["assignments"]] == ["resect", "resect"]
    assert first["removed_percent"]["value"] == 100 and first["proof"]["status"] == "proven optimal"
    states = {(one["id"], f["modality"]): f for one in whole.document["lesions"] for f in one["feasibility"]}
    for lesion in ("L1", "L2"):
        for kind in ("radiofrequency ablation", "microwave ablation"):
            found = states[lesion, kind]
            assert found["state"] == "not feasible" and "ablation reaches" in found["reasons"][0]["text"]
    # a vein leaves the margin of the wedge of tumour 2 open; sure is the left hemiliver with a wedge of tumour 1
    assert any(re.search(r"L2: 0\.0 to \d\.\d mm from the .*vein", text) for text in first["remarks"])
    removes = {
        one["name"]: {r["lesion"]: r["state"] for r in one["removes"]} for one in whole.document["resections"]
    }
    assert removes["wedge of L2 with 5 mm"] == {"L2": "unknown"}
    assert removes["left hemihepatectomy"] == {"L2": "feasible"}
    assert removes["wedge of L1 with 5 mm"] == {"L1": "feasible"}
    assert whole.document["facts"]["liver"]["resectable"] == "complete"


def test_the_remnant_of_a_right_hepatectomy_is_that_of_the_voxels_of_the_ct(whole: Whole) -> None:
    """Liver without tumour of 0.74 x 0.74 x 1.6 mm counted by the segment it lies in: within 1 % of the liver."""
    regions, segments = whole.measurement.regions, whole.measurement.segments
    healthy = regions.liver.array.copy()
    for lesion in regions.lesions:
        healthy[lesion.box] &= ~lesion.mask.array
    points = regions.liver.grid.points_of(np.argwhere(healthy))
    labels = segments.at(points)[0]
    beside = labels == 0
    inside = np.argwhere(segments.labels)
    nearest = cKDTree(segments.grid.points_of(inside)).query(points[beside])[1]
    labels[beside] = segments.labels[tuple(inside[nearest].T)]
    counts = np.bincount(labels, minlength=9) * regions.liver.grid.voxel_ml
    taken, stays = counts[[5, 6, 7, 8]].sum(), counts[[1, 2, 3, 4]].sum()
    one = next(one for one in whole.document["resections"] if one["name"] == "right hemihepatectomy")
    remnant = one["remnant"]
    assert remnant["anatomical_ml"]["value"] == pytest.approx(stays, abs=0.01 * counts.sum())
    assert one["resected_ml"] == pytest.approx(taken, abs=0.01 * counts.sum())
    assert remnant["supplied_ml"]["value"] <= remnant["anatomical_ml"]["value"]
    assert remnant["functional_ml"]["value"] <= min(
        remnant[k]["value"] for k in ("supplied_ml", "drained_ml")
    )
    formula = 1267.28 * (178 * 78 / 3600) ** 0.5 - 794.41
    assert remnant["percent"]["value"] == pytest.approx(
        100 * remnant["functional_ml"]["value"] / formula, rel=1e-3
    )
    assert {limit["value"] for limit in remnant["limits"]} == {20, 25}


def test_the_vein_beside_tumour_2_takes_heat_and_most_on_the_side_that_faces_it(whole: Whole) -> None:
    """0.74 mm in the research notes; here from surface to surface, with a voxel of error."""
    heat = whole.document["heat"]["L2"]
    vessel = heat["vessel"]
    assert "vein" in vessel["name"] and vessel["distance_mm"] <= 1.5
    assert len(heat["models"]) == 5
    for loss in vessel["losses"]:
        assert loss["facing"] < loss["facing_without"], loss["model"]
        lost, lost_away = (loss[f"{side}_without"] - loss[side] for side in ("facing", "away"))
        assert lost > lost_away and loss["volume_ml"] > 0
    volumes = [model["volume_ml"]["value"] for model in heat["models"]]
    assert max(volumes) > 1.3 * min(volumes)  # models of death differ by 30 % and more


def test_pictures_of_the_liver_its_lesions_and_the_heat_are_there_and_on_the_page(whole: Whole) -> None:
    assert {"liver_plan.png", "L1.png", "L2.png", "heat_L2.png"} <= set(whole.pictures)
    for name, content in whole.pictures.items():
        width, height = struct.unpack(">II", content[16:24])
        assert content[:4] == b"\x89PNG" and min(width, height) >= 200, name
    assert whole.page.count("data:image/png;base64,") == len(whole.pictures)
    assert "L2, simulated" in whole.page
