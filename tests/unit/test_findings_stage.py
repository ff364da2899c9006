"""Derived M category and stage group: the graph against the tables, and what is said of silence."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from tests.rows import evaluate_node, row

from nelm.case import vocabulary as words
from nelm.guideline.compiling import Layers, evaluate, word
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.findings.staging import StagingKnowledge
from nelm.guideline.frames import frame_of
from nelm.guideline.staging_tables import (
    GEP_SITES,
    Depth,
    appendix_t,
    appendix_t_enets,
    colorectum_t,
    colorectum_t1_part,
    pancreas_t,
    stage_group,
)
from nelm.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
FACTS = derived_facts(KNOWLEDGE)
TABLES = KNOWLEDGE.record(StagingKnowledge, "staging")
WELL = {"tumour.differentiation": "well", "tumour.mixed": False, "tumour.ki67_percent": 1}


def test_the_graph_and_the_table_agree_on_every_combination() -> None:
    combinations = list(product(words.PrimarySite, words.TCategory, words.NCategory, (False, True)))
    rows = [
        row({**WELL, "tumour.primary_site": str(site), "tumour.tnm.t": str(t), "tumour.tnm.n": str(n),
             "tumour.tnm.m": "M1" if metastatic else "M0"})
        for site, t, n, metastatic in combinations
    ]  # fmt: skip
    stage, layers = FACTS.staging.stage, Layers()
    layers.add(stage)
    lines = evaluate(frame_of(rows), layers, {}).iter_rows(named=True)
    for (site, t, n, metastatic), line in zip(combinations, lines, strict=True):
        found = [value for value in stage.values if line[word(stage.name, value)]]
        expected = stage_group(site=str(site), t=str(t), n=str(n), metastatic=metastatic)
        assert found == [expected.rstrip("AB") if expected.startswith("I") else expected], (
            site,
            t,
            n,
            metastatic,
        )


def test_a_carcinoma_goes_to_another_scheme_and_an_ungraded_tumour_stays_open() -> None:
    given = {"tumour.primary_site": "pancreas", "tumour.tnm.m": "M1a", "tumour.mixed": False}
    assert evaluate_node(FACTS.staging.stage, {**given, "tumour.differentiation": "poor"}) == "other_scheme"
    assert evaluate_node(FACTS.staging.stage, {**given, "tumour.differentiation": "well"}) == "IV"
    assert evaluate_node(FACTS.staging.stage, given) is None


@pytest.mark.parametrize(
    ("given", "m"),
    [
        ({}, None),
        ({"tumour.tnm.m": "M1a"}, "M1a"),
        ({"tumour.tnm.m": "M0"}, "M0"),
        ({"tumour.tnm.m": "M1"}, None),
        (
            {
                "tumour.tnm.m": "M1a",
                "extrahepatic.any": True,
                "extrahepatic.bone": True,
                "liver.lesion_count": 2,
            },
            "M1c",
        ),
        ({"liver.lesion_count": 2}, None),
        ({"liver.lesion_count": 2, "extrahepatic.any": False}, "M1a"),
        ({"liver.lesion_count": 0, "extrahepatic.any": False}, "M0"),
        ({"liver.lesion_count": (2, float("inf")), "extrahepatic.any": False}, "M1a"),
    ],
)
def test_m_is_derived_from_sites_and_falls_back_on_what_is_stated(
    given: dict[str, Any], m: str | None
) -> None:
    assert evaluate_node(FACTS.staging.m, given) == m


def test_regional_nodes_are_no_metastasis() -> None:
    organs = {f"extrahepatic.{site}": False for site in words.ExtrahepaticSite if site != "lymph_node"}
    nodes = {**organs, "liver.lesion_count": 3, "extrahepatic.any": True, "extrahepatic.lymph_node": True}
    assert evaluate_node(FACTS.staging.m, {**nodes, "tumour.tnm.m": "M1a"}) == "M1a"
    assert evaluate_node(FACTS.staging.m, {**nodes, "tumour.tnm.n": "N0"}) == "M1c"
    assert evaluate_node(FACTS.staging.m, nodes) is None
    assert evaluate_node(FACTS.spread.liver_only, nodes) is False


def test_no_counted_lesion_means_no_liver_metastases_whatever_is_unstated() -> None:
    assert evaluate_node(FACTS.spread.liver_metastases, {"liver.lesion_count": 0}) is False
    assert evaluate_node(FACTS.spread.liver_metastases, {"tumour.tnm.m": "M1c"}) is True
    assert evaluate_node(FACTS.spread.liver_metastases, {"tumour.tnm.m": "M1"}) is None


@pytest.mark.parametrize(("site", "midgut"), [("jejunum_ileum", True), ("appendix", True), ("pancreas", False),
                                              ("rectum", False), ("colon", None), ("unknown", None)])  # fmt: skip
def test_midgut(site: str, midgut: bool | None) -> None:
    assert evaluate_node(FACTS.staging.midgut, {"tumour.primary_site": site}) is midgut


@pytest.mark.parametrize(("size_mm", "t"), [(19.9, "T1"), (20, "T2"), (40, "T2"), (40.1, "T3")])
def test_pancreas_t_by_size(size_mm: float, t: str) -> None:
    assert pancreas_t(TABLES, size_mm=size_mm, duodenum_or_bile_duct=False, organs_or_vessels=False) == t
    assert pancreas_t(TABLES, size_mm=size_mm, duodenum_or_bile_duct=True, organs_or_vessels=False) == "T3"
    assert pancreas_t(TABLES, size_mm=size_mm, duodenum_or_bile_duct=True, organs_or_vessels=True) == "T4"


@pytest.mark.parametrize(
    ("size_mm", "ajcc", "enets"), [(10, "T1", "T1"), (11, "T1", "T2"), (21, "T2", "T3"), (41, "T3", "T3")]
)
def test_appendix_t_differs_between_ajcc_and_enets(size_mm: float, ajcc: str, enets: str) -> None:
    assert (
        appendix_t(TABLES, size_mm=size_mm, subserosa_or_mesoappendix=False, peritoneum_or_organs=False)
        == ajcc
    )
    assert appendix_t_enets(TABLES, size_mm=size_mm, infiltration_mm=0, peritoneum_or_organs=False) == enets


def test_appendix_t_by_depth() -> None:
    assert appendix_t(TABLES, size_mm=5, subserosa_or_mesoappendix=True, peritoneum_or_organs=False) == "T3"
    assert appendix_t(TABLES, size_mm=5, subserosa_or_mesoappendix=True, peritoneum_or_organs=True) == "T4"
    assert appendix_t_enets(TABLES, size_mm=5, infiltration_mm=3, peritoneum_or_organs=False) == "T2"
    assert appendix_t_enets(TABLES, size_mm=5, infiltration_mm=3.1, peritoneum_or_organs=False) == "T3"
    assert appendix_t_enets(TABLES, size_mm=5, infiltration_mm=3.1, peritoneum_or_organs=True) == "T4"


def test_colorectum_t_and_its_doubtful_centimetre() -> None:
    assert colorectum_t(TABLES, depth=Depth.SUBMUCOSA, size_mm=20) == "T1"
    assert colorectum_t(TABLES, depth=Depth.SUBMUCOSA, size_mm=21) == "T2"
    assert colorectum_t(TABLES, depth=Depth.MUSCULARIS, size_mm=5) == "T2"
    assert [colorectum_t1_part(TABLES, size_mm=size) for size in (9, 10, 11)] == ["T1a", None, "T1b"]


def test_every_site_of_the_scheme_is_a_word_of_the_case() -> None:
    assert set(GEP_SITES) <= {str(site) for site in words.PrimarySite}
