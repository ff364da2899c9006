"""Which tests can change the plan. Only here may a rule ask whether a fact is known."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, Position, caution, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, Boolean, Known, every, some
from nelm.knowledge import Knowledge
from nelm.therapies.workup.knowledge import WorkupKnowledge

Positions = tuple[Position, ...]


def not_read(known: WorkupKnowledge) -> Positions:
    """Guidelines that were not opened, named as such."""
    unread = (known.position_esmo, known.position_nanets, known.position_nccn)
    return tuple(Position(entry, ALWAYS) for entry in unread)


def _had(name: str) -> Boolean:
    return boolean(f"patient.comorbidities.{name}")


def _test(name: str, label: str, criteria: tuple[Criterion, ...], positions: Positions) -> OptionRule:
    return OptionRule(f"workup.{name}", label, Intent.DIAGNOSTIC, criteria, positions)


def _histology_missing() -> Boolean:
    counts = some(
        Known(number("tumour.ki67_percent")),
        Known(number("tumour.mitoses_per_2mm2")),
        Known(category("tumour.stated_grade")),
    )
    return ~Known(category("tumour.differentiation")) | ~counts


def _metastasis_not_biopsied() -> Boolean:
    """No metastasis was biopsied as far as the record says."""
    fact = boolean("tumour.metastasis_biopsied")
    return ~Known(fact) | ~fact


def rebiopsy(facts: Facts, known: WorkupKnowledge) -> OptionRule:
    """Biopsy, where site, differentiation or grade are open or do not fit."""
    unread_tissue = _metastasis_not_biopsied()
    other_cancer = _had("second_malignancy") & unread_tissue
    slow = facts.grading.grade.is_("G1") | (
        facts.grading.is_g1_g2 & (number("tumour.ki67_percent") < known.low_ki67_below)
    )
    discordant = some(
        facts.grading.is_g1_g2 & boolean("course.rapid"),
        facts.grading.is_g1_g2 & category("receptor_imaging.fdg.uptake").is_("high"),
        facts.grading.is_g1_g2 & facts.receptors.mismatch,
        slow & facts.history.progressing,
    )
    single = every(number("liver.lesion_count") <= 1, unread_tissue)
    open_question = _histology_missing() | other_cancer
    coagulation = some(
        number("labs.platelets") < known.biopsy_platelets_below, number("labs.inr") > known.biopsy_inr_above
    )
    criteria = (
        requires(facts.spread.liver_metastases, known.liver_lesions),
        requires(some(open_question, discordant, single), known.biopsy_reason),
        favours(other_cancer, known.biopsy_second_malignancy),
        caution(_had("bleeding_disorder"), known.biopsy_bleeding),
        caution(coagulation, known.biopsy_coagulation),
        caution(facts.syndromes.carcinoid, known.biopsy_crisis),
    )
    positions = (
        Position(known.position_asco_histology, open_question | single),
        Position(known.position_grade_discordant, discordant),
        Position(known.position_enets_biopsy, discordant),
        *not_read(known),
    )
    return _test("rebiopsy", "Biopsy of a metastasis", criteria, positions)


def receptor_pet(known: WorkupKnowledge) -> OptionRule:
    """Receptor PET while uptake, or its distribution over the lesions, is open."""
    uptake, extent = category("receptor_imaging.sstr.uptake"), category("receptor_imaging.sstr.extent")
    differentiation = category("tumour.differentiation")
    missing = ~Known(uptake) | ~Known(extent)
    criteria = (
        requires(missing, known.receptors_not_known),
        favours(category("tumour.primary_site").is_("unknown"), known.receptors_unknown_primary),
        caution(differentiation.is_("poor"), known.receptors_carcinoma),
        caution(boolean("treatments.ssa.ongoing"), known.receptors_on_analogue),
    )
    not_carcinoma = ~Known(differentiation) | differentiation.is_("well")
    positions = (
        Position(known.position_asco_pet, not_carcinoma),
        Position(known.position_norway_pet, not_carcinoma),
        *not_read(known),
    )
    return _test("sstr_pet", "Somatostatin receptor PET/CT", criteria, positions)


def fdg_pet(facts: Facts, known: WorkupKnowledge) -> OptionRule:
    """FDG PET where fast or receptor-negative disease is thinkable."""
    missing = ~Known(category("receptor_imaging.fdg.uptake")) & ~Known(category("receptor_imaging.netpet"))
    proliferating = number("tumour.ki67_percent") >= known.fdg_ki67_from
    poor = category("tumour.differentiation").is_("poor")
    reason = some(
        proliferating,
        poor,
        facts.grading.level >= 3,
        boolean("course.rapid"),
        facts.receptors.mixed_or_negative,
    )
    criteria = (
        requires(missing, known.fdg_not_known),
        requires(reason, known.fdg_reason),
        caution(_had("diabetes"), known.fdg_glucose),
    )
    positions = (Position(known.position_norway_fdg, proliferating | poor), *not_read(known))
    return _test("fdg_pet", "FDG PET/CT", criteria, positions)


def liver_mri(facts: Facts, known: WorkupKnowledge) -> OptionRule:
    """Liver MRI where local treatment is thinkable and the picture incomplete."""
    incomplete = some(
        ~Known(category("liver.lobes")),
        ~Known(number("liver.largest_mm")),
        ~Known(number("liver.burden_percent")),
        ~Known(category("liver.resectable")),
    )
    criteria = (
        requires(incomplete, known.liver_picture_incomplete),
        requires(facts.spread.liver_dominant, known.liver_local_treatment),
        caution(_had("allergy_contrast"), known.mri_contrast_allergy),
    )
    positions = (Position(known.position_mri, ALWAYS), *not_read(known))
    return _test("liver_mri", "Liver MRI", criteria, positions)


def echocardiography(facts: Facts, known: WorkupKnowledge) -> OptionRule:
    """Echocardiography in carcinoid syndrome, whatever NT-proBNP says."""
    small_bowel = category("tumour.primary_site").is_("jejunum_ileum") & facts.spread.liver_metastases
    at_risk = facts.syndromes.carcinoid | small_bowel
    heart = some(
        _had("carcinoid_heart_disease"),
        _had("severe_tricuspid_regurgitation"),
        _had("right_heart_dysfunction"),
    )
    markers = facts.syndromes.heart_markers_raised
    criteria = (
        requires(at_risk | heart, known.heart_at_risk),
        favours(markers, known.heart_markers),
        favours(_had("carcinoid_heart_disease"), known.heart_known),
    )
    positions = (
        Position(known.position_norway_echo, at_risk | _had("carcinoid_heart_disease")),
        Position(known.position_esc_echo, facts.syndromes.carcinoid & (markers | heart)),
        *not_read(known),
    )
    return _test("echocardiography", "Echocardiography", criteria, positions)


def dpyd(facts: Facts, known: WorkupKnowledge) -> OptionRule:
    """DPYD before a fluoropyrimidine."""
    prospect = some(
        category("tumour.primary_site").is_("pancreas"),
        category("tumour.differentiation").is_("poor"),
        facts.grading.level >= 3,
        boolean("symptoms.bulk"),
        boolean("course.rapid"),
    )
    criteria = (
        requires(~Known(category("tumour.dpyd")), known.dpyd_not_known),
        requires(prospect, known.dpyd_prospect),
    )
    positions = (
        Position(known.position_ema_dpyd, ALWAYS),
        Position(known.position_fda_dpyd, ALWAYS),
        Position(known.position_norway_dpyd, ALWAYS),
        *not_read(known),
    )
    return _test("dpyd", "DPYD genotyping", criteria, positions)


def mapping_angiography(facts: Facts, known: WorkupKnowledge) -> OptionRule:
    """Mapping angiography with 99mTc-MAA before radioembolisation."""
    need = some(
        facts.history.progressing,
        facts.syndromes.carcinoid_uncontrolled,
        number("liver.burden_percent") > known.mapping_burden_above,
    )
    criteria = (
        requires(~Known(number("liver.lung_shunt_fraction")), known.mapping_not_known),
        requires(facts.spread.liver_dominant, known.mapping_liver),
        requires(need, known.mapping_need),
        caution(_had("allergy_contrast"), known.mapping_contrast),
        caution(_had("chronic_kidney_disease"), known.mapping_kidney),
    )
    positions = (Position(known.position_mapping, ALWAYS), *not_read(known))
    return _test("mapping_angiography", "Mapping angiography with 99mTc-MAA", criteria, positions)


def bone_marrow(known: WorkupKnowledge) -> OptionRule:
    """Marrow examination of a cytopenia after PRRT or chemotherapy."""
    cytopenia = some(
        number("labs.platelets") < known.marrow_platelets_below,
        number("labs.neutrophils") < known.marrow_neutrophils_below,
        number("labs.haemoglobin") < known.marrow_haemoglobin_below,
    )
    exposed = boolean("treatments.prrt.received") | boolean("treatments.chemo.received")
    criteria = (
        requires(cytopenia, known.marrow_cytopenia),
        requires(exposed, known.marrow_exposure),
        caution(
            boolean("treatments.prrt.ongoing") | boolean("treatments.chemo.ongoing"), known.marrow_recovering
        ),
        favours(boolean("extrahepatic.bone_marrow"), known.marrow_metastases),
    )
    positions = (Position(known.position_marrow, ALWAYS), *not_read(known))
    return _test("bone_marrow", "Bone marrow examination", criteria, positions)


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The tests."""
    known = knowledge.record(WorkupKnowledge, "workup")
    return (
        rebiopsy(facts, known),
        receptor_pet(known),
        fdg_pet(facts, known),
        liver_mri(facts, known),
        echocardiography(facts, known),
        dpyd(facts, known),
        mapping_angiography(facts, known),
        bone_marrow(known),
    )
