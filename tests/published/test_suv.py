"""SUV factors of real headers of GE, Siemens, CPS and Philips against those of an independent library.

Expected values are those of calculate-suv's tests (first frame of each series); its tolerance is 1e-6 and ours too.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from nelm.errors import InputError
from nelm.io.dicom import Acquisition, acquisition_of, find_series, read_acquisition, suv_factor

EXPECTED = {
    "SIEMENS": 0.00042748316187197236,
    "GE_MEDICAL_AND_BQML": 0.0005367387681819742,
    "PHILIPS_BQML": 0.0007463747013889488,
    "PHILIPS_CNTS_AND_BQML_SUV": 0.000551,
    "PHILIPS_CNTS_AND_SUV": 0.000728,
    "BQML_AC_DT_lessThan_S_DT_SIEMENS": 0.0004069156854009332,
    "CPS_AND_BQML_AC_DT_-_S_DT": 0.00026503312764157046,
    "RADIOPHARM_DATETIME_UNDEFINED": 0.0003721089202818729,
}
DRUG = ("RadionuclideTotalDose", "RadionuclideHalfLife", "RadiopharmaceuticalStartTime",
        "RadiopharmaceuticalStartDateTime")  # fmt: skip


def dataset_of(header: dict) -> Dataset:
    """A data set with the attributes of a header in JSON."""
    dataset, drug = Dataset(), Dataset()
    for name, value in header.items():
        if name == "PhilipsPETPrivateGroup":
            block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
            for offset, key in ((0x00, "SUVScaleFactor"), (0x09, "ActivityConcentrationScaleFactor")):
                if key in value:
                    block.add_new(offset, "DS", str(value[key]))
        elif name in DRUG:
            setattr(drug, name, str(value).strip() if name.startswith("Radiopharm") else value)
        elif name not in ("Manufacturer",):
            setattr(dataset, name, value)
    dataset.RadiopharmaceuticalInformationSequence = Sequence([drug])
    return dataset


@pytest.fixture(scope="module")
def headers(shared_path: Callable[[str], Path]) -> dict[str, Acquisition]:
    folder = shared_path("data/suv_headers")
    return {
        name: acquisition_of(dataset_of(json.loads((folder / f"{name}-instances.json").read_text())[0]))
        for name in EXPECTED
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_the_factor_of_a_real_header(headers: dict[str, Acquisition], name: str) -> None:
    assert suv_factor(headers[name]) == pytest.approx(EXPECTED[name], rel=1e-6)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"units": ""}, "Units"),
        ({"units": "CNTS"}, "Units"),
        ({"weight_kg": None}, "PatientWeight"),
        ({"injected_bq": None}, "RadionuclideTotalDose"),
        ({"half_life_s": None}, "RadionuclideHalfLife"),
        ({"injected_at": None}, "RadiopharmaceuticalStartTime"),
        ({"corrected": ("ATTN",)}, "CorrectedImage"),
        ({"decay_correction": ""}, "DecayCorrection"),
    ],
)
def test_what_is_missing_is_refused_by_name(
    headers: dict[str, Acquisition], change: dict, named: str
) -> None:
    from dataclasses import replace

    with pytest.raises(InputError, match=named):
        suv_factor(replace(headers["SIEMENS"], **change))


def test_a_scan_before_the_injection_is_refused(headers: dict[str, Acquisition]) -> None:
    from dataclasses import replace
    from datetime import timedelta

    late = headers["SIEMENS"].injected_at + timedelta(hours=5)
    with pytest.raises(InputError, match="after the injection"):
        suv_factor(replace(headers["SIEMENS"], injected_at=late))


def test_midnight_between_injection_and_scan() -> None:
    header = {
        "SeriesDate": "20200102", "SeriesTime": "003000", "AcquisitionDate": "20200102", "AcquisitionTime": "003000",
        "Units": "BQML", "DecayCorrection": "START", "CorrectedImage": ["ATTN", "DECY"], "PatientWeight": 70,
        "RadionuclideTotalDose": 2e8, "RadionuclideHalfLife": 3600.0, "RadiopharmaceuticalStartTime": "233000",
    }  # fmt: skip
    assert suv_factor(acquisition_of(dataset_of(header))) == pytest.approx(70_000 / 1e8, rel=1e-12)


def test_a_real_series_without_units_or_activity_is_refused(
    shared_path: Callable[[str], Path], tmp_path: Path
) -> None:
    import tarfile

    with tarfile.open(shared_path("data/nema_pet_iq/pet_recon_1_2.tar.xz")) as archive:
        archive.extractall(tmp_path, filter="data")
    series = find_series([tmp_path]).of("PT")[0]
    with pytest.raises(InputError) as caught:
        suv_factor(read_acquisition(series), where=series.name)
    assert {"Units", "RadionuclideTotalDose", "DecayCorrection"} <= {
        problem.path.rpartition(": ")[2] for problem in caught.value.problems
    }
