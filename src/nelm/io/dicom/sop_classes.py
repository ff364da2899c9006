"""Which DICOM objects are images to read as volumes, which are something for others to read."""

from __future__ import annotations

STORAGE = "1.2.840.10008.5.1.4.1.1."

IMAGES = {
    STORAGE + "2": "CT",
    STORAGE + "2.1": "CT",
    STORAGE + "2.2": "CT",
    STORAGE + "4": "MR",
    STORAGE + "4.1": "MR",
    STORAGE + "4.4": "MR",
    STORAGE + "128": "PT",
    STORAGE + "128.1": "PT",
    STORAGE + "130": "PT",
    STORAGE + "20": "NM",
}
"""Modality of the images that are read: CT, MR, PT, NM, their enhanced and legacy converted forms."""

ENHANCED = frozenset(STORAGE + tail for tail in ("2.1", "2.2", "4.1", "4.4", "128.1", "130"))

OBJECTS = {
    STORAGE + "66.4": "SEG",
    STORAGE + "66.5": "SEG",
    STORAGE + "66.7": "SEG",
    STORAGE + "481.2": "RTDOSE",
    STORAGE + "481.3": "RTSTRUCT",
    STORAGE + "481.5": "RTPLAN",
    STORAGE + "481.8": "RTPLAN",
    STORAGE + "67": "RWVM",
    STORAGE + "66.1": "REG",
    STORAGE + "66.3": "REG",
    STORAGE + "30": "PMAP",
    STORAGE + "88.11": "SR",
    STORAGE + "88.22": "SR",
    STORAGE + "88.33": "SR",
    STORAGE + "88.34": "SR",
    STORAGE + "88.35": "SR",
    STORAGE + "88.59": "KO",
    STORAGE + "88.67": "SR",
    STORAGE + "88.68": "SR",
    STORAGE + "11.1": "PR",
}
"""Kind of the objects that are found and left to their own readers."""

OBJECT_MODALITIES = frozenset(OBJECTS.values())
DIRECTORY = "1.2.840.10008.1.3.10"
SECONDARY_CAPTURE = STORAGE + "7"
READ_MODALITIES = frozenset(IMAGES.values())
