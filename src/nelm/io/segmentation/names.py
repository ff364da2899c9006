"""From the name or code of a segment to the structure that it is; what is not understood is OTHER and never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from nelm.volume import Structure

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
COUINAUD = re.compile(
    r"(?:couinaud|liver|hepatic)? ?(?:couinaud)? ?segm?(?:ent)? ?(viii|vii|vi|iv|v|iii|ii|i|[1-8]) ?([ab]?)"
)
SHORT_COUINAUD = re.compile(r"(?:s|couinaud) ?(viii|vii|vi|iv|v|iii|ii|i|[1-8]) ?([ab]?)")
NUMBERED = r"(?: ?(?:no|nr)? ?\d+ ?[a-z]?)?"

PATTERNS: tuple[tuple[str, Structure], ...] = (
    (r"(?:future )?(?:liver remnant|flr)|future liver remnant", Structure.FUTURE_LIVER_REMNANT),
    (r"(?:perfused|treated) (?:liver|volume|territory)(?: .+)?|perfused", Structure.PERFUSED_LIVER),
    (
        rf"ablation(?: ?(?:zone|area|volume|defect))?{NUMBERED}|ablated ?(?:zone|area|volume|liver){NUMBERED}",
        Structure.ABLATION_ZONE,
    ),
    (rf"l{NUMBERED[:-1]}", Structure.LESION),
    (
        r"(?:liver|hepatic|target|index)? ?(?:lesions?|tumou?rs?|mets?|metastas[ie]s|neoplasms?|nodules?|hcc|gtv)"
        + NUMBERED,
        Structure.LESION,
    ),
    (r"liver|hepar|foie|leber|whole liver|liver parenchyma|liver normal", Structure.LIVER),
    (
        r"portal ?(?:veins?|venous|tree|system)?(?: tree| system)?|portal vein and splenic vein|vena portae?|pv",
        Structure.PORTAL_VEIN,
    ),
    (
        r"hepatic ?(?:vein|veins|venous)? ?(?:system|tree)?|venous ?system|(?:right|middle|left) hepatic vein|hv",
        Structure.HEPATIC_VEIN,
    ),
    (r"(?:liver|hepatic) vessels?", Structure.LIVER_VESSEL),
    (r"(?:common |proper |left |right )?hepatic arter(?:y|ies)|arter(?:y|ies)", Structure.HEPATIC_ARTERY),
    (r"(?:inferior )?vena ?cava(?: inferior)?|ivc|vci", Structure.INFERIOR_VENA_CAVA),
    (
        r"(?:central |common )?bile ?ducts?|biliary (?:tree|system)|biliarysystem|hepatic ducts?",
        Structure.BILE_DUCT,
    ),
    (r"gall ?bladder", Structure.GALLBLADDER),
    (r"spleen", Structure.SPLEEN),
    (r"kidney left|left ?kidney|kidney l", Structure.KIDNEY_LEFT),
    (r"kidney right|right ?kidney|kidney r", Structure.KIDNEY_RIGHT),
    (r"lungs?(?: (?:upper|middle|lower) lobe)?(?: (?:left|right))?|(?:left|right) ?lung", Structure.LUNG),
    (r"stomach", Structure.STOMACH),
    (
        r"(?:small )?bowel|small ?intestine?|duodenum|jejunum|ileum|colon|large intestine|rectum",
        Structure.BOWEL,
    ),
    (r"pancreas", Structure.PANCREAS),
    (
        r"(?:left|right)? ?(?:adrenal|sur ?renal)(?: ?gland)?s?(?: (?:left|right))?",
        Structure.ADRENAL,
    ),
    (r"(?:urinary )?bladder", Structure.URINARY_BLADDER),
    (r"pituitary(?: gland)?", Structure.PITUITARY),
    (r"thyroid(?: gland)?", Structure.THYROID),
    (r"(?:parotid|submandibular|salivary)(?: gland)?s?(?: (?:left|right))?", Structure.SALIVARY_GLAND),
    (r"heart", Structure.HEART),
    (r"aorta", Structure.AORTA),
    (r"ribs?(?: (?:left|right))?(?: \d+)?|(?:left|right) ribs?(?: \d+)?|costal cartilages?", Structure.RIB),
    (r"bones?|skeleton|vertebrae?(?: [a-z] \d+)?|sternum|spine|sacrum|skull", Structure.BONE),
    (r"(?:hip|scapula|clavicula|clavicle|humerus|femur)(?: (?:left|right))?", Structure.BONE),
    (r"(?:red |bone |lumbar )*marrow|(?:lumbar )?spongiosa", Structure.MARROW),
    (r"skin|body|body (?:contour|trunc|trunk|extremities)|external", Structure.SKIN),
)

NOTED_CODES: Mapping[tuple[str, str], Structure] = MappingProxyType(
    {
        ("SRT", "T-62000"): Structure.LIVER,
        ("SRT", "T-C3000"): Structure.SPLEEN,
        ("SRT", "M-01000"): Structure.LESION,
        ("SRT", "M-03000"): Structure.LESION,
        ("SRT", "M-80003"): Structure.LESION,
    }
)
"""Codes of the earlier SNOMED RT identifiers that older files still carry."""


def _coded() -> dict[str, Structure]:
    """SNOMED CT codes by pydicom's dictionary, so that none is written from memory."""
    sct = codes.SCT
    named = {
        "Liver": Structure.LIVER,
        "Lesion": Structure.LESION,
        "Mass": Structure.LESION,
        "Neoplasm": Structure.LESION,
        "NeoplasmPrimary": Structure.LESION,
        "NeoplasmSecondary": Structure.LESION,
        "Metastasis": Structure.LESION,
        "NeuroendocrineTumor": Structure.LESION,
        "PortalVein": Structure.PORTAL_VEIN,
        "HepaticVein": Structure.HEPATIC_VEIN,
        "RightHepaticVein": Structure.HEPATIC_VEIN,
        "MiddleHepaticVein": Structure.HEPATIC_VEIN,
        "LeftHepaticVein": Structure.HEPATIC_VEIN,
        "HepaticArtery": Structure.HEPATIC_ARTERY,
        "InferiorVenaCava": Structure.INFERIOR_VENA_CAVA,
        "BileDuct": Structure.BILE_DUCT,
        "CommonBileDuct": Structure.BILE_DUCT,
        "Gallbladder": Structure.GALLBLADDER,
        "CouinaudHepaticSegmentI": Structure.COUINAUD_1,
        "CouinaudHepaticSegmentII": Structure.COUINAUD_2,
        "CouinaudHepaticSegmentIII": Structure.COUINAUD_3,
        "CouinaudHepaticSegmentIV": Structure.COUINAUD_4,
        "CouinaudHepaticSegmentV": Structure.COUINAUD_5,
        "CouinaudHepaticSegmentVI": Structure.COUINAUD_6,
        "CouinaudHepaticSegmentVII": Structure.COUINAUD_7,
        "CouinaudHepaticSegmentVIII": Structure.COUINAUD_8,
        "Spleen": Structure.SPLEEN,
        "Lung": Structure.LUNG,
        "Stomach": Structure.STOMACH,
        "SmallIntestine": Structure.BOWEL,
        "LargeIntestine": Structure.BOWEL,
        "Colon": Structure.BOWEL,
        "Pancreas": Structure.PANCREAS,
        "AdrenalGland": Structure.ADRENAL,
        "Bladder": Structure.URINARY_BLADDER,
        "Pituitary": Structure.PITUITARY,
        "Thyroid": Structure.THYROID,
        "SalivaryGland": Structure.SALIVARY_GLAND,
        "Heart": Structure.HEART,
        "Aorta": Structure.AORTA,
        "Rib": Structure.RIB,
        "Bone": Structure.BONE,
    }
    return {getattr(sct, name).value: structure for name, structure in named.items()}


CODED: Mapping[str, Structure] = MappingProxyType(_coded())
PAIRED = {codes.SCT.Kidney.value: (Structure.KIDNEY_LEFT, Structure.KIDNEY_RIGHT)}


def structure_named(name: str, *, overrides: Mapping[str, Structure] | None = None) -> Structure:
    """The structure that a segment of this name is.

    Parameters
    ----------
    name : As the file has it; case, underscores, hyphens and a file ending do not matter.
    overrides : What the user says that names mean; the name as the file has it, or in lower case.
    """
    for key in (name, name.lower()):
        if overrides and key in overrides:
            return overrides[key]
    words = _words(name)
    for pattern in (COUINAUD, SHORT_COUINAUD):
        if (found := pattern.fullmatch(words)) is not None:
            return _segment(found.group(1), found.group(2))
    return next(
        (structure for pattern, structure in PATTERNS if re.fullmatch(pattern, words)), Structure.OTHER
    )


def structure_coded(code: Code | None, *, laterality: str = "") -> Structure:
    """The structure of a coded concept (SNOMED CT); OTHER when the code is not known.

    Parameters
    ----------
    laterality : "left", "right" or empty, for paired organs.
    """
    if code is None:
        return Structure.OTHER
    if code.value in PAIRED and laterality in ("left", "right"):
        return PAIRED[code.value][laterality == "right"]
    if (code.scheme_designator, code.value) in NOTED_CODES:
        return NOTED_CODES[code.scheme_designator, code.value]
    return CODED.get(code.value, Structure.OTHER)


def _words(name: str) -> str:
    """A name in lower case with single spaces between words and numbers."""
    text = re.sub(r"(?i)(\.seg)?\.(nii(\.gz)?|nrrd|dcm|mha)$", "", name.strip(" \0"))
    text = re.sub(r"(?i)[ _-](seg|segmentation|mask|label|labels)$", "", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"[_\-.,/]+", " ", text).lower()
    text = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", text)
    text = re.sub(r"livertumou?r", "liver tumour", re.sub(r"portalvein", "portal vein", text))
    text = re.sub(r"venoussystem", "venous system", text)
    return re.sub(r"\s+", " ", text).strip()


def _segment(number: str, half: str) -> Structure:
    value = ROMAN.get(number) or int(number)
    return Structure(f"couinaud_{value}{half if value == 4 else ''}")
