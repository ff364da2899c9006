"""M category and stage group, derived from the sites of disease beside the stage as stated [chauhan2024].

Regional nodes are N and not M: disease of nodes or mesentery alone counts as distant only where the stated M
or N says so. The stage groups are those of the six gastroenteropancreatic chapters; a carcinoma, a mixed
neoplasm and any other organ get the word `other_scheme`.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.grading import Grading
from nelm.guideline.logic import (
    Boolean,
    DefinedBoolean,
    Known,
    Limit,
    Partition,
    Score,
    every,
    first_known,
    some,
)
from nelm.guideline.staging_tables import GEP_SITES, SITES_WITH_T1NX, base_category
from nelm.knowledge import Entry, Knowledge

ORGANS = ("adrenal", "bone", "bone_marrow", "brain", "heart", "lung", "orbit", "other", "ovary", "peritoneum",
          "pleura", "skin", "spleen")  # fmt: skip
"""Sites of disease that are distant whatever else is known; nodes and mesentery can be regional."""


@dataclass(frozen=True, slots=True)
class StagingKnowledge:
    """Entries of `staging.toml`."""

    edition: Entry
    carcinoma_elsewhere: Entry
    uicc_narrower: Entry
    stage_one_without_nodes: Entry
    groups: Entry
    groups_stomach: Entry
    metastasis_categories: Entry
    ampulla_enets: Entry
    pancreas_enets: Entry
    pancreas_enets_three_a: Entry
    colorectum_split: Entry
    trial_buckets: Entry
    nodes_n2_mass_above: Entry
    nodes_n2_from: Entry
    gut_t1_to: Entry
    pancreas_t1_below: Entry
    pancreas_t2_to: Entry
    appendix_t1_to: Entry
    appendix_t2_to: Entry
    appendix_enets_t1_to: Entry
    appendix_enets_t2_to: Entry
    appendix_enets_t2_depth_to: Entry
    colorectum_t1_to: Entry
    colorectum_t1a_limit: Entry


@dataclass(frozen=True, slots=True)
class Staging:
    """Derived stage.

    `m` has the words M0, M1a, M1b, M1c; `stage` I, II, III, IV, not_grouped, other_scheme; `midgut` says
    whether a jejuno-ileal, appendiceal or (by part of the colon, unknown) colonic primary is midgut.
    """

    m: Partition
    stage: Partition
    metastatic: DefinedBoolean
    midgut: DefinedBoolean


def _says(values: dict[str, float]) -> Score:
    """The stated M category as 0 or 1; unknown for every word that does not tell."""
    return Score(category("tumour.tnm.m"), tuple(values.items()))


def _liver() -> Boolean:
    """Liver metastases, counted or else as stated."""
    stated = _says({"M0": 0, "M1a": 1, "M1b": 0, "M1c": 1})
    return first_known(number("liver.lesion_count"), stated) >= 1


def _elsewhere() -> Boolean:
    """Distant disease outside the liver, from its sites; as stated where nothing is said of sites."""
    anywhere = boolean("extrahepatic.any")
    stated = _says({"M0": 0, "M1a": 0, "M1b": 1, "M1c": 1}) >= 1
    organs = some(*(boolean(f"extrahepatic.{site}") for site in ORGANS))
    nodes = boolean("extrahepatic.lymph_node") | boolean("extrahepatic.mesentery")
    without_regional = Score(category("tumour.tnm.n"), (("N0", 1.0),))
    distant_nodes = first_known(_says({"M0": 0, "M1a": 0, "M1b": 1, "M1c": 1}), without_regional) >= 1
    found = anywhere & (organs | (nodes & distant_nodes))
    return (Known(anywhere) & found) | (~Known(anywhere) & stated)


def _metastasis_category() -> Partition:
    liver, elsewhere = _liver(), _elsewhere()
    return Partition(
        "staging.m",
        (
            ("M0", ~liver & ~elsewhere),
            ("M1a", liver & ~elsewhere),
            ("M1b", ~liver & elsewhere),
            ("M1c", liver & elsewhere),
        ),
        "M category, derived",
    )


def _metastatic(m: Partition) -> Boolean:
    """Any metastasis, derived; a stated M1 adds to it, silence says nothing."""
    stated = _says({"M0": 0, "M1": 1, "M1a": 1, "M1b": 1, "M1c": 1})
    return m.is_in("M1a", "M1b", "M1c") | (first_known(stated, Limit(0.0, "1")) >= 1)


def _of_base(name: str, *bases: str) -> Boolean:
    """Whether a stated category is one of these or a subdivision of it."""
    fact = category(name)
    return fact.is_in(*(word for word in fact.values if base_category(word) in bases))


def _stage(metastatic: Boolean, grading: Grading) -> Partition:
    site = category("tumour.primary_site")
    other = grading.is_carcinoma | ~site.is_in(*GEP_SITES)
    n = category("tumour.tnm.n")
    first = _of_base("tumour.tnm.t", "T1")
    second, fourth = _of_base("tumour.tnm.t", "T2", "T3"), _of_base("tumour.tnm.t", "T4")
    clear, positive = n.is_("N0"), _of_base("tumour.tnm.n", "N1") | (n.is_("N2") & site.is_("jejunum_ileum"))
    unassessed = n.is_("NX") & site.is_in(*SITES_WITH_T1NX)
    groups = {"I": first & (clear | unassessed), "II": second & clear, "III": positive | (fourth & clear)}
    local = ~other & ~metastatic
    return Partition(
        "staging.group",
        (
            *((group, every(local, condition)) for group, condition in groups.items()),
            ("IV", ~other & metastatic),
            ("not_grouped", local & ~some(*groups.values())),
            ("other_scheme", other),
        ),
        "stage group (AJCC version 9)",
    )


def _midgut() -> Boolean:
    """Jejunum to proximal two thirds of the transverse colon; the part of the colon is not in the case."""
    sites = (*((site, 1.0) for site in ("jejunum_ileum", "appendix")),
             *((site, 0.0) for site in category("tumour.primary_site").values
               if site not in ("jejunum_ileum", "appendix", "colon", "unknown", "other")))  # fmt: skip
    return Score(category("tumour.primary_site"), sites) >= 1


def staging(knowledge: Knowledge, grading: Grading) -> Staging:
    """Stage as expressions over the raw facts and the grade."""
    knowledge.record(StagingKnowledge, "staging")
    m = _metastasis_category()
    metastatic = DefinedBoolean("staging.metastatic", _metastatic(m), "distant metastases")
    return Staging(
        m=m,
        stage=_stage(metastatic, grading),
        metastatic=metastatic,
        midgut=DefinedBoolean("tumour.midgut", _midgut(), "midgut primary"),
    )
