"""`nelm propose`, from files to document, facts, page and pictures; and what it refuses."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import struct
import sys
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.balls import ball
from tests.phantoms import LIVER
from tests.treated_livers import LESIONS, write_empty_mask, write_liver, write_segmentation

from nelm.cli.entry import run
from nelm.guideline.feasibility import Modality
from nelm.io.case_files import read_case
from nelm.io.case_merge import merged_case, write_merged
from nelm.planner.plan import DISCLAIMER

pytestmark = pytest.mark.xdist_group("propose")
NO_HEAT = ("--most-ablations", "0")
"""Without an ablation nothing is simulated: faster where ablation is not what is asked."""


@dataclass(frozen=True)
class Ran:
    """One run: exit code, every byte of standard output, and what was said to people."""

    code: int
    out: bytes
    said: str

    @property
    def document(self) -> dict:
        def refuse(word: str) -> None:
            raise AssertionError(f"{word} in the document")

        assert self.code == 0, self.said
        return json.loads(self.out, parse_constant=refuse)

    @property
    def words(self) -> str:
        """What was said, on one line."""
        return " ".join(self.said.split())


def ran(*arguments: str, folder: Path) -> Ran:
    """Run with standard output kept at the level of the file descriptor, where compiled solvers write, too."""
    target, said = folder / "standard_output", io.StringIO()
    with target.open("wb") as file:
        kept_fd, kept = os.dup(1), sys.stdout
        os.dup2(file.fileno(), 1)
        sys.stdout = open(os.dup(1), "w", encoding="utf-8")  # noqa: SIM115
        try:
            with contextlib.redirect_stderr(said):
                code = run(["propose", *arguments])
            sys.stdout.close()
        finally:
            sys.stdout = kept
            os.dup2(kept_fd, 1)
            os.close(kept_fd)
    return Ran(code, target.read_bytes(), said.getvalue())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_liver(tmp_path_factory.mktemp("treated"))


def proposed(made: Path, *arguments: str, segmentation: str = "whole.dcm", case: bool = True) -> Ran:
    given = ("--case", str(made / "case.yaml")) if case else ()
    return ran(str(made / "ct"), str(made / segmentation), *given, *arguments, folder=made)


@pytest.fixture(scope="module")
def first(made: Path) -> Ran:
    """Everything that can be written, once."""
    return proposed(made, "--html", str(made / "liver.html"), "--pictures", str(made / "pictures"))


@pytest.fixture(scope="module")
def merged(made: Path) -> tuple[Ran, Path]:
    """The same asked again, its facts put into a copy of the case."""
    case = Path(shutil.copy(made / "case.yaml", made / "merged.yaml"))
    return proposed(made, "--into", str(case)), case


# ------------------------------------------------------------------------------------------ the document


def test_standard_output_holds_the_document_and_nothing_else(first: Ran) -> None:
    text = first.out.decode("utf-8")
    assert text.startswith("{\n") and text.endswith("}\n")
    assert json.dumps(first.document, indent=2, ensure_ascii=False) + "\n" == text
    assert first.document["schema"] == "nelm.liver/1" and first.document["notice"] == DISCLAIMER
    assert first.document["case"] == "small-liver"


def test_the_same_files_give_the_same_bytes(first: Ran, merged: tuple[Ran, Path]) -> None:
    assert first.out == merged[0].out


def test_every_lesion_meets_every_treatment_and_every_answer_has_its_reason(first: Ran) -> None:
    lesions = first.document["lesions"]
    assert {one["id"] for one in lesions} == set(LESIONS)
    for lesion in lesions:
        assert [one["modality"] for one in lesion["feasibility"]] == [kind.value for kind in Modality]
        for one in lesion["feasibility"]:
            states = [reason["state"] for reason in one["reasons"]]
            assert states and all(reason["text"] for reason in one["reasons"])
            expected = next((s for s in ("not feasible", "unknown") if s in states), "feasible")
            assert one["state"] == expected
    states = {(one["id"], f["modality"]): f["state"] for one in lesions for f in one["feasibility"]}
    assert states["L1", "microwave ablation"] == "not feasible"  # 44 mm
    assert states["L2", "microwave ablation"] == "feasible"
    assert states["L1", "hemihepatectomy"] == "feasible"


def test_volumes_are_those_of_the_formula(first: Ran) -> None:
    """Healthy liver within 1 %: ellipsoid less three balls, vessels counted as liver; parts add up to the whole."""
    document = first.document
    healthy = LIVER.volume_ml - sum(body.volume_ml for body in LESIONS.values())
    nothing = next(plan for plan in document["plans"] if not plan["taken"])
    assert nothing["remnant_ml"]["value"] == pytest.approx(healthy, rel=0.01)
    for one in document["resections"]:
        stays = one["remnant"]["anatomical_ml"]["value"]
        assert one["resected_ml"] + stays == pytest.approx(nothing["remnant_ml"]["value"], abs=1.0)
        assert one["remnant"]["functional_ml"]["value"] <= stays
        assert one["remnant"]["of"] == "liver volume by body surface"
    single = [one for one in document["resections"] if re.fullmatch(r"segmentectomy \d.*\D?", one["name"])]
    plain = [one for one in single if "extended" not in one["name"]]
    assert sum(one["resected_ml"] for one in plain) == pytest.approx(healthy, rel=0.015)


def test_plans_keep_the_published_minimum_and_are_proven(first: Ran) -> None:
    """1.50 m and 50 kg: 1035 mL by 1267.28 BSA - 794.41, BSA by Mosteller 1.443 m2; 25 % of it must stay."""
    document = first.document
    assert document["remnant_limit"]["value"] == 25 and document["remnant_limit"]["sources"]
    least = 0.25 * (1267.28 * (150 * 50 / 3600) ** 0.5 - 794.41)
    assert f"smallest remnant {least:.0f} mL" in first.words
    for plan in document["plans"]:
        assert plan["remnant_ml"]["value"] >= least
        assert plan["proof"]["status"] == "proven optimal" and plan["proof"]["gap"] == 0
        assert {one["lesion"] for one in plan["assignments"]} == set(LESIONS)
        done = {name for one in plan["assignments"] for name in one["by"]}
        assert done == set(plan["taken"])


def test_no_plan_on_the_front_betters_another(first: Ran) -> None:
    found = first.document["front"]["plans"]
    burdens = [one["burden"]["complexity"] + one["burden"]["needles"] for one in found]
    points = [(one["residual_ml"]["value"], -one["remnant_ml"]["value"], burden)
              for one, burden in zip(found, burdens, strict=True)]  # fmt: skip
    assert len(points) > 3
    for one in points:
        assert not [
            two for two in points if two != one and all(a <= b for a, b in zip(two, one, strict=True))
        ]


def test_people_are_told_on_standard_error(first: Ran) -> None:
    for words in (*LESIONS, "proven optimal", "Plan A, lesion by lesion", DISCLAIMER, "HTML:", "pictures:"):
        assert words in first.words


# ------------------------------------------------------------------------------------------ page, pictures


class Tags(HTMLParser):
    """Whether every element that is opened is closed in its turn, and every address that is named."""

    EMPTY = frozenset({"meta", "img", "br", "link", "input", "hr", "path", "use", "rect", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.addresses: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("href", "src", "xlink:href", "action")
        ]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture(scope="module")
def page(made: Path, first: Ran) -> str:
    assert first.code == 0
    return (made / "liver.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_asks_nothing_of_the_network(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    tags.close()
    assert not tags.faults and not tags.open
    assert not tags.names & {"script", "iframe", "link", "object", "form"}
    outside = [
        one
        for one in tags.addresses
        if not one.startswith(("#", "data:image/png;base64,", "https://doi.org/"))
    ]
    assert not [one for one in outside if not re.search(rf'class="name" href="{re.escape(one)}"', page)]
    assert "@import" not in page and "url(http" not in page


def test_the_page_holds_every_lesion_every_plan_and_the_notice(page: str, first: Ran) -> None:
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    document = first.document
    letters = {tuple(sorted(plan["taken"])) for plan in document["plans"]}
    for place, _ in enumerate(letters):
        assert re.search(rf"\b{chr(ord('A') + place)} · ", words)
    for lesion in LESIONS:
        assert re.search(rf"\b{lesion}\b", words)
    for plan in document["plans"]:
        assert plan["aim"] in words and all(name in words for name in plan["taken"])
    assert words.count(DISCLAIMER) >= 2


def test_pictures_are_png_of_a_size_that_can_be_looked_at(made: Path, first: Ran) -> None:
    files = {path.name: path.read_bytes() for path in (made / "pictures").iterdir()}
    ablated = [
        one["lesion"] for one in first.document["plans"][0]["assignments"] if one["action"] == "ablate"
    ]
    wanted = {
        "liver_plan.png",
        *(f"{name}.png" for name in LESIONS),
        *(f"needle_{name}_1.png" for name in ablated),
    }
    wanted |= {f"heat_{name}.png" for name in first.document["heat"]}
    assert set(files) == wanted and ablated and first.document["heat"]
    for name, content in files.items():
        assert content[:8] == b"\x89PNG\r\n\x1a\n", name
        width, height = struct.unpack(">II", content[16:24])
        assert 150 <= width <= 3000 and 150 <= height <= 3000 and len(content) > 5000, name


# ------------------------------------------------------------------------------------------ facts and the plan


def test_a_computed_resectability_is_marked_as_computed(merged: tuple[Ran, Path]) -> None:
    found, target = merged
    case = read_case(target)
    assert case.liver.resectable == "complete" == found.document["facts"]["liver"]["resectable"]
    assert case.evidence["liver.resectable"].is_computed
    assert "not the word of a surgeon" in (case.evidence["liver.resectable"].method or "")
    stays = found.document["plans"][0]["remnant_ml"]["value"]
    assert case.liver.future_liver_remnant_ml is not None
    assert case.liver.future_liver_remnant_ml.estimate == pytest.approx(stays, rel=1e-3)
    assert target.with_name("merged.yaml~").read_bytes() == (target.parent / "case.yaml").read_bytes()


def test_what_an_earlier_plan_computed_does_not_stay_where_it_is_no_longer_known(
    made: Path, merged: tuple[Ran, Path]
) -> None:
    """Without the portal vein nothing is sure any more: the case forgets "complete", and the remnant of that plan."""
    target = Path(shutil.copy(merged[1], made / "again.yaml"))
    write_segmentation(made, "no_portal.dcm", without=("portal vein",))
    wish = ("--into", str(target), *NO_HEAT, "--pin", "L1=leave", "--pin", "L2=leave", "--pin", "L3=leave")
    found = proposed(made, *wish, segmentation="no_portal.dcm")
    assert found.document["facts"]["liver"]["resectable"] is None
    case = read_case(target)
    assert case.liver.resectable is None and case.liver.future_liver_remnant_ml is None
    assert "replaced liver.resectable: complete" in found.words
    plan, options = planned(target)
    assert options["resection.liver"]["surgery.completely_resectable"] == "unknown"
    assert not any("Resectability was computed" in text for text in plan["warnings"])


def planned(target: Path) -> tuple[dict, dict[str, dict[str, str]]]:
    """The plan of a case, and the state of every criterion of its options."""
    assert run(["plan", str(target), "--json", str(target.with_suffix(".json"))]) == 0
    plan = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
    return plan, {one["id"]: {c["id"]: c["state"] for c in one["criteria"]} for one in plan["options"]}


def with_facts(made: Path, name: str, document: dict) -> Path:
    target = Path(shutil.copy(made / "case.yaml", made / name))
    write_merged(merged_case(target, document["facts"]))
    return target


@pytest.fixture(scope="module")
def limited(made: Path) -> dict[str, dict]:
    """Documents with one resection at most, and with none: by worst volumes 93 % and nothing can be removed."""
    return {
        "debulking_90": proposed(made, *NO_HEAT, "--most-resections", "1").document,
        "no": proposed(made, *NO_HEAT, "--most-resections", "0").document,
    }


def test_what_can_be_removed_is_said_for_each_limit(limited: dict[str, dict]) -> None:
    for word, document in limited.items():
        assert document["facts"]["liver"]["resectable"] == word
    assert len(limited["no"]["unreachable"]) == 4
    assert all("number of resections at most 0" in one["against"] for one in limited["no"]["unreachable"])


REACTS = {
    ("resection.liver", "surgery.completely_resectable"): ("met", "not_met", "not_met"),
    ("resection.debulking", "surgery.debulking_feasible"): ("met", "met", "not_met"),
    ("resection.debulking", "surgery.debulking_below_90"): ("not_met", "not_met", "not_met"),
    ("transplant.liver", "surgery.transplant_unresectable"): ("not_met", "met", "met"),
    ("transplant.liver", "transplantation.optn_unresectable"): ("not_met", "not_met", "met"),
    ("ablation.thermal", "ablation.limited_disease"): ("met", "met", "met"),
    ("ablation.thermal", "ablation.resection_possible"): ("met", "not_met", "not_met"),
    ("embolisation.bland", "embolisation.unresectable"): ("not_met", "met", "met"),
    ("embolisation.chemo", "embolisation.unresectable"): ("not_met", "met", "met"),
}
"""Criteria of options where the liver is completely resectable, 90 % of it, and not at all."""


def test_the_plan_of_a_case_reacts_to_the_facts_and_warns(
    made: Path, merged: tuple[Ran, Path], limited: dict[str, dict]
) -> None:
    warning = "Resectability was computed from images"
    plain, before = planned(made / "case.yaml")
    assert not any(warning in text for text in plain["warnings"])
    targets = [
        merged[1],
        *(with_facts(made, f"{word}.yaml", limited[word]) for word in ("debulking_90", "no")),
    ]
    plans = [planned(target) for target in targets]
    for plan, _ in plans:
        assert any(warning in text for text in plan["warnings"])
    for (option, criterion), wanted in REACTS.items():
        assert before[option][criterion] == "unknown", (option, criterion)
        assert tuple(options[option][criterion] for _, options in plans) == wanted, (option, criterion)
    verdicts = [{one["id"]: one["verdict"] for one in plan["options"]} for plan, _ in plans]
    assert [one["embolisation.bland"] for one in verdicts] == [
        "not_indicated",
        "undetermined",
        "undetermined",
    ]
    assert verdicts[2]["resection.liver"] == verdicts[2]["resection.debulking"] == "not_indicated"
    assert "not_indicated" not in (verdicts[0]["resection.liver"], verdicts[1]["resection.debulking"])


# ------------------------------------------------------------------------------------------ what is asked for


def actions(plan: dict) -> dict[str, str]:
    return {one["lesion"]: one["action"] for one in plan["assignments"]}


def test_pins_and_forbidden_actions_are_kept_by_every_plan(made: Path, first: Ran) -> None:
    before = actions(first.document["plans"][0])
    assert before["L1"] == "resect" and before["L2"] == "ablate"
    document = proposed(made, "--pin", "L2=resect", "--forbid", "L3=ablate").document
    for plan in document["plans"]:
        assert actions(plan)["L2"] == "resect" and actions(plan)["L3"] != "ablate"
    for plan in document["front"]["plans"]:
        assert "ablation of L3" not in " ".join(plan["taken"])
    assert document["plans"][0]["residual_ml"]["value"] >= first.document["plans"][0]["residual_ml"]["value"]
    assert document["facts"]["liver"]["resectable"] == "complete"  # what can be done, not what is wanted


def test_choices_are_taken_and_left_out_by_name_and_zones_come_from_the_table_of_the_site(
    made: Path, first: Ran
) -> None:
    without = next(name for name in first.document["plans"][0]["taken"] if name.startswith("wedge"))
    table = made / "zones.csv"
    table.write_text(
        "device,technology,tissue,species,long_axis_mm,short_axis_mm,long_axis_sd_mm,short_axis_sd_mm\n"
        "Site 1,microwave,in_vivo,human,48,45,1,1\n",
        encoding="utf-8",
    )
    wish = ("--take", "right hemihepatectomy", "--without", without, "--devices", str(table))
    document = proposed(made, *wish).document
    assert len(document["plans"]) < len(first.document["plans"]) + 1
    for plan in document["plans"]:
        assert "right hemihepatectomy" in plan["taken"] and without not in plan["taken"]
        assert actions(plan)["L1"] == actions(plan)["L3"] == "resect"
    options = {(one["lesion"], o["modality"]): o for one in document["ablations"] for o in one["options"]}
    assert "48 ± 1 x 45 ± 1 mm" in options["L2", "microwave ablation"]["device"]
    assert options["L2", "radiofrequency ablation"]["device"] is None
    assert options["L2", "radiofrequency ablation"]["state"] == "unknown"


def test_a_contradiction_names_the_pins_and_the_limit(made: Path, first: Ran) -> None:
    """The smallest wedges leave 897 mL (L1) and 979 mL (L2) of 991 mL: one of them leaves 890 mL, both do not."""
    left = {one["name"]: one["remnant"]["functional_ml"]["value"] for one in first.document["resections"]}
    alone = [max(ml for name, ml in left.items() if name.startswith(f"wedge of {n} ")) for n in ("L1", "L2")]
    assert min(alone) > 890 > sum(alone) - max(one["remnant_ml"]["value"] for one in first.document["plans"])
    found = proposed(made, "--pin", "L1=resect", "--pin", "L2=resect", "--remnant-ml", "890")
    assert found.code == 3 and not found.out
    assert "L1: resect" in found.words and "L2: resect" in found.words
    assert "at least 890 mL of 991 mL must stay" in found.words and "Take one of them back" in found.words


def test_a_lesion_outside_overlapping_lesions_and_an_empty_vessel_are_refused_by_name(made: Path) -> None:
    more = {"L4": ball((90, -60, 0), 6), "L5": ball((-54, 10, 10), 7)}
    write_segmentation(made, "broken.dcm", more=more, without=("portal vein",))
    empty = write_empty_mask(made / "portal_vein.nii.gz")
    found = proposed(made, str(empty), segmentation="broken.dcm")
    assert found.code == 3 and not found.out
    assert "3 problems" in found.words
    assert re.search(r"L4: found 0\.\d mL outside the liver", found.words)
    assert re.search(r"L1 and L5: found \d\.\d+ mL in both", found.words)
    assert "portal_vein: found an empty region" in found.words


def test_a_lesion_outside_can_be_left_out_and_without_a_case_no_minimum_is_made_up(made: Path) -> None:
    write_segmentation(made, "outside.dcm", more={"L4": ball((90, -60, 0), 6)})
    found = proposed(made, "--leave-out", "L4", *NO_HEAT, segmentation="outside.dcm", case=False)
    document = found.document
    assert {one["id"] for one in document["lesions"]} == set(LESIONS)
    assert any("L4 is left out: it lies outside the liver" in remark for remark in document["remarks"])
    assert document["case"] is None and document["remnant_limit"] is None
    assert any(
        "no published minimum of the remnant can be applied" in remark for remark in document["remarks"]
    )
    assert any("no limit protected the liver" in remark for remark in document["plans"][0]["remarks"])
    assert "no published minimum of the remnant could be applied" in found.words
    assert "resectable" not in document["facts"]["liver"]
    for one in document["resections"]:
        assert one["remnant"]["of"] == "measured liver without tumour" and one["remnant"]["limits"] == []


def test_wishes_that_could_not_be_kept_to_are_refused_at_once(made: Path) -> None:
    found = proposed(made, "--leave-out", "L1", "--leave-out", "X", "--remnant-percent", "30", case=False)
    assert found.code == 3 and not found.out
    assert "L1" in found.words and "--pin L1=leave" in found.words
    assert "found X" in found.words and "height and weight" in found.words


def test_the_word_of_a_surgeon_is_never_written_over(made: Path) -> None:
    """Images say complete; the surgeon said no: the case that is written to decides, whichever case was planned for."""
    said = made / "said.yaml"
    text = (made / "case.yaml").read_text(encoding="utf-8")
    said.write_text(
        text.replace("parenchyma: normal", "parenchyma: normal, resectable: no"), encoding="utf-8"
    )
    found = proposed(made, "--into", str(said), *NO_HEAT, "--most-resections", "3")
    assert "resectable" not in found.document["facts"]["liver"]
    case = read_case(said)
    assert case.liver.resectable == "no" and "liver.resectable" not in case.evidence
    assert len(case.liver.lesions) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--pin", "L1"), 2, "is not LESION=ACTION; actions are: resect, ablate, embolise, leave"),
        (("--pin", "L1=cut"), 2, "is not LESION=ACTION"),
        (("--forbid", "=resect="), 2, "is not LESION=ACTION"),
        (("--most-ablations", "-1"), 2, "most-ablations"),
        (("--devices", "/no/such/table.csv"), 2, "does not exist"),
        (("--case", "/no/such/case.yaml"), 3, "no such file"),
    ],
)
def test_wrong_use_is_explained(made: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    found = ran(str(made / "ct"), str(made / "whole.dcm"), *arguments, folder=made)
    assert (found.code, found.out) == (code, b"") and said in found.words


HEAD = "device,technology,tissue,species,long_axis_mm"
BROKEN_TABLES = {
    f"{HEAD}\nA,microwave,in_vivo,human,40\n": ("no column short_axis_mm",),
    f"{HEAD},short_axis_mm\n": ("no rows",),
    f"{HEAD},short_axis_mm,colour\nA,microwave,in_vivo,human,40,30,red\n": ("colour", "Rename the column"),
    f"{HEAD},short_axis_mm\nA,steam,in_vivo,human,40,30\nB,microwave,in_vivo,human,forty,-3\n": (
        *("line 2", "steam", "line 3", "forty", "-3"),
    ),
}


@pytest.mark.parametrize("table", BROKEN_TABLES)
def test_a_broken_table_of_devices_is_refused_with_its_places(made: Path, table: str) -> None:
    target = made / "broken.csv"
    target.write_text(table, encoding="utf-8")
    found = proposed(made, "--devices", str(target))
    assert (found.code, found.out) == (3, b"")
    assert all(words in found.words for words in BROKEN_TABLES[table])
