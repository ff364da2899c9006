"""SUV factors of real header sets of GE, Siemens, CPS and Philips, as github.com/cornerstonejs/calculate-suv has them.

The expected factors are those of its test/calculateSUV_SampleData.test.ts (commit dc72aa17), the first image of each
set. Tolerance 1e-6 relative: the numbers are given with 16 digits, times with microseconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from tests.dicom_files import ct_series, raw, write

from nelm.errors import InputError
from nelm.io.dicom import find_series, read_acquisition, read_volume, suv_scale, suv_volume
from nelm.volume import Quantity

FACTORS = {
    "SIEMENS": 0.00042748316187197236,
    "GE_MEDICAL_AND_BQML": 0.0005367387681819742,
    "PHILIPS_BQML": 0.0007463747013889488,
    "PHILIPS_CNTS_AND_BQML_SUV": 0.000551,
    "PHILIPS_CNTS_AND_SUV": 0.000728,
    "BQML_AC_DT_lessThan_S_DT_SIEMENS": 0.0004069156854009332,
    "CPS_AND_BQML_AC_DT_-_S_DT": 0.00026503312764157046,
    "RADIOPHARM_DATETIME_UNDEFINED": 0.0003721089202818729,
}
RELATIVE = 1e-6
TOP = (
    *("SeriesDate", "SeriesTime", "PatientSex", "PatientWeight", "PatientSize", "AcquisitionDate"),
    *("AcquisitionTime", "FrameReferenceTime", "DecayCorrection", "Units", "ActualFrameDuration"),
)
AGENT = (
    "RadionuclideTotalDose RadionuclideHalfLife RadiopharmaceuticalStartTime RadiopharmaceuticalStartDateTime"
)
PHILIPS = {"SUVScaleFactor": 0x1000, "ActivityConcentrationScaleFactor": 0x1009}


def pet_of(headers: list[dict[str, Any]]) -> list[Dataset]:
    """PET images with these header values."""
    images = ct_series("PT", shape=(len(headers), 4, 4))
    for made, header in zip(images, headers, strict=True):
        for keyword in TOP:
            if keyword in header:
                raw(made, keyword, str(header[keyword]))
        made.CorrectedImage = header["CorrectedImage"]
        made.RescaleIntercept = 0
        agent = Dataset()
        for keyword in AGENT.split():
            if keyword in header:
                raw(agent, keyword, str(header[keyword]))
        made.RadiopharmaceuticalInformationSequence = Items([agent])
        for name, element in PHILIPS.items():
            value = header["PhilipsPETPrivateGroup"].get(name)
            if value is not None:
                made.add_new(0x70530010, "LO", "Philips PET Private Group")
                made.add_new(0x70530000 + element, "DS", value.strip())
    return images


@pytest.mark.parametrize("name", FACTORS)
def test_factor_of_a_vendor(name: str, shared_path: Callable[[str], Path], tmp_path: Path) -> None:
    headers = json.loads(shared_path(f"data/suv_headers/{name}-instances.json").read_text())
    write(tmp_path, pet_of(headers))
    (series,) = find_series([tmp_path]).series
    acquisition = read_acquisition(series)
    assert suv_scale(acquisition).factor == pytest.approx(FACTORS[name], rel=RELATIVE)
    volume = read_volume(series)
    suv = suv_volume(volume, acquisition)
    assert suv.quantity is Quantity.SUV_BODY_WEIGHT
    # float32 images: 1e-6 is some eight units in the last place
    assert np.allclose(suv.array, volume.array * FACTORS[name], rtol=RELATIVE, atol=0)


@pytest.mark.parametrize(
    ("name", "count"), [("PHILIPS_CNTS_AND_BQML_SUV", 1), ("GE_MEDICAL_AND_BQML", 0), ("SIEMENS", 0)]
)
def test_philips_counts_fall_back_to_the_factor_to_activity(
    name: str, count: int, shared_path: Callable[[str], Path], tmp_path: Path
) -> None:
    headers = json.loads(shared_path(f"data/suv_headers/{name}-instances.json").read_text())
    for header in headers:
        header["PhilipsPETPrivateGroup"].pop("SUVScaleFactor", None)
        if not count:
            header["Units"] = "CNTS"
    write(tmp_path, pet_of(headers))
    (series,) = find_series([tmp_path]).series
    if not count:
        with pytest.raises(InputError, match="7053,1009"):
            suv_scale(read_acquisition(series))
        return
    # Philips wrote the private SUV factor with three digits: 0.000551 stands for 0.0005505 to 0.0005515
    assert suv_scale(read_acquisition(series)).factor == pytest.approx(0.000551, abs=5e-7)


def test_the_nema_phantom_is_refused_with_everything_that_is_missing(
    shared_path: Callable[[str], Path], nema_pet: Path
) -> None:
    (series,) = find_series([nema_pet]).series
    volume = read_volume(series)
    assert volume.quantity is Quantity.ARBITRARY
    with pytest.raises(InputError) as caught:
        suv_volume(volume, read_acquisition(series))
    paths = {problem.path for problem in caught.value.problems}
    assert {
        "Units",
        "RadionuclideTotalDose",
        "RadionuclideHalfLife",
        "PatientWeight",
        "DecayCorrection",
    } <= paths
    assert "time of injection" in paths
