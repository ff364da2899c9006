"""The numbering of TotalSegmentator's task `total` (version 2), for the structures that matter near the liver.

Names are those of the program's class map; classes that no measurement asks for are left
out and keep their number as a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
        51: "heart",
        52: "aorta",
        63: "inferior_vena_cava",
        64: "portal_vein_and_splenic_vein",
    }
)
