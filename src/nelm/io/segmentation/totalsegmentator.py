"""The numbering of TotalSegmentator's task `total` (version 2), for the structures that matter near the liver.

Names are those of the program's class map; classes that no measurement asks for are left
out and keep their number as a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIMBS = tuple(
    f"{bone}_{side}"
    for bone in ("humerus", "scapula", "clavicula", "femur", "hip")
    for side in ("left", "right")
)

CLASSES: Mapping[int, str] = MappingProxyType(
    {
        1: "spleen",
        2: "kidney_right",
        3: "kidney_left",
        4: "gallbladder",
        5: "liver",
        6: "stomach",
        7: "pancreas",
        8: "adrenal_gland_right",
        9: "adrenal_gland_left",
        10: "lung_upper_lobe_left",
        11: "lung_lower_lobe_left",
        12: "lung_upper_lobe_right",
        13: "lung_middle_lobe_right",
        14: "lung_lower_lobe_right",
        15: "esophagus",
        16: "trachea",
        17: "thyroid_gland",
        18: "small_bowel",
        19: "duodenum",
        20: "colon",
        21: "urinary_bladder",
        25: "sacrum",
        26: "vertebrae_S1",
        **{27 + place: f"vertebrae_L{5 - place}" for place in range(5)},
        **{32 + place: f"vertebrae_T{12 - place}" for place in range(12)},
        **{44 + place: f"vertebrae_C{7 - place}" for place in range(7)},
        51: "heart",
        52: "aorta",
        63: "inferior_vena_cava",
        64: "portal_vein_and_splenic_vein",
        **{69 + place: name for place, name in enumerate(LIMBS)},
        91: "skull",
        **{92 + place: f"rib_left_{place + 1}" for place in range(12)},
        **{104 + place: f"rib_right_{place + 1}" for place in range(12)},
        116: "sternum",
        117: "costal_cartilages",
    }
)
