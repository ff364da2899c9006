"""S values, their scaling, organ doses, the two livers and red marrow, against arithmetic done by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nelm.errors import InputError
from nelm.physics.organs import (
    LIVER_WITH_LESIONS,
    LIVER_WITHOUT_LESIONS,
    OrganS,
    OrganSTable,
    liver_absorbed_doses,
    marrow_absorbed_dose,
    marrow_activity_from_blood,
    marrow_activity_from_image,
    opendose_table,
    organ_absorbed_dose,
    red_marrow_to_blood_ratio,
    remainder_activity,
    remainder_s,
    self_s_of_total,
)

LIVER = OrganS("Liver", "liver", "Lu-177", 1800.0, 1.3e-5, 5e-7)
MARROW = OrganS("marrow", "marrow", "Lu-177", 1170.0, 2.0e-5, 1.0e-6)
DATA = {
    "P|liver": {
        "Liver": {"S_mGy_per_MBq_s": 1.4e-5, "sd": 1.4e-8, "mass_g": 1800.0},
        "Spleen": {"S_mGy_per_MBq_s": 4e-8, "sd": 4e-11, "mass_g": 150.0},
    },
    "P|spleen": {
        "Liver": {"S_mGy_per_MBq_s": 4e-8, "sd": 0.0, "mass_g": 1800.0},
        "Spleen": {"S_mGy_per_MBq_s": 1.6e-4, "sd": 0.0, "mass_g": 150.0},
    },
}


def table(**changes: object) -> OrganSTable:
    """The table of `DATA`."""
    arguments: dict = {"nuclide": "Lu-177", "phantom": "P", "electron_energy_kev": 147.0, **changes}
    return opendose_table(DATA, **arguments)


def test_all_energy_in_one_gram() -> None:
    # 147.92 keV x 1.602e-16 J/keV x 1e6 decays / 1e-3 kg = 2.370e-2 mGy for 1 MBq s in 1 g, 19.64 J/GBq in all.
    found = self_s_of_total(0.0237, organ="x", nuclide="Lu-177", mass_g=1.0, electron_energy_kev=147.92)
    assert found.electron_mgy_per_mbq_s == pytest.approx(2.36994e-2, rel=1e-5)
    assert found.absorbed_energy_kev == pytest.approx(147.92, rel=1e-4)
    assert found.gy_per_mbq_h == pytest.approx(0.0237 * 3.6)


def test_mass_rules() -> None:
    half = LIVER.at_mass(900.0)
    assert half.electron_mgy_per_mbq_s == pytest.approx(2 * 1.3e-5)
    assert half.photon_mgy_per_mbq_s == pytest.approx(2 ** (2 / 3) * 5e-7)
    assert half.target_mass_g == 900.0
    cross = OrganS("Liver", "spleen", "Lu-177", 1800.0, 0.0, 4e-8)
    assert cross.at_mass(900.0).mgy_per_mbq_s == 4e-8
    assert cross.mass_exponent() == 0.0
    step = 1e-6
    slope = (LIVER.at_mass(1800 * (1 + step)).mgy_per_mbq_s / LIVER.mgy_per_mbq_s - 1) / step
    assert LIVER.mass_exponent() == pytest.approx(-slope, rel=1e-5)


def test_table_parts_the_self_dose_and_keeps_the_cross_dose_whole() -> None:
    own = table().s("liver", "LIVER")
    assert own.mgy_per_mbq_s == pytest.approx(1.4e-5, rel=1e-14)
    assert own.electron_mgy_per_mbq_s == pytest.approx(147.0 * 1.602176634e-4 / 1800)
    assert own.relative_sd == pytest.approx(1e-3)
    assert own.provenance == "OpenDose, P"
    cross = table().s("Spleen", "liver")
    assert (cross.electron_mgy_per_mbq_s, cross.photon_mgy_per_mbq_s) == (0.0, 4e-8)
    assert table().sources == ("liver", "spleen")
    assert table().targets == ("Liver", "Spleen")


def test_organ_dose_is_the_sum_over_sources() -> None:
    found = organ_absorbed_dose(
        "Spleen", time_integrated_activities_mbq_h={"liver": 1e5, "spleen": 2e4}, table=table()
    )
    assert found.contributions_gy == pytest.approx({"liver": 1e5 * 3.6 * 4e-8, "spleen": 2e4 * 3.6 * 1.6e-4})
    assert found.absorbed_dose_gy == pytest.approx(0.0144 + 11.52)
    assert found.absorbed_energy_j == pytest.approx((0.0144 + 11.52) * 0.15)
    heavier = organ_absorbed_dose(
        "Spleen", time_integrated_activities_mbq_h={"liver": 1e5}, table=table(), target_mass_g=300.0
    )
    assert heavier.absorbed_dose_gy == pytest.approx(0.0144)


def test_the_two_livers_close_in_energy() -> None:
    masses, activities = (1500.0, 500.0), (4e4, 1.5e5)
    found = liver_absorbed_doses(
        LIVER,
        normal_liver_mass_g=masses[0],
        lesion_mass_g=masses[1],
        normal_liver_time_integrated_activity_mbq_h=activities[0],
        lesion_time_integrated_activity_mbq_h=activities[1],
    )
    assert found.with_lesions.target == LIVER_WITH_LESIONS
    assert found.without_lesions.target == LIVER_WITHOUT_LESIONS
    # Lesions by the same rules: their electrons in their own mass, the photons of the whole liver.
    electron = LIVER.electron_mgy_per_mbq_s * 1800 / masses[1] * 3.6
    photon = LIVER.at_mass(2000).photon_mgy_per_mbq_s * 3.6
    lesion_j = (activities[1] * electron + sum(activities) * photon) * masses[1] / 1000
    assert found.with_lesions.absorbed_energy_j == pytest.approx(
        found.without_lesions.absorbed_energy_j + lesion_j, rel=1e-12
    )
    assert found.with_lesions.absorbed_dose_gy > 2 * found.without_lesions.absorbed_dose_gy


def test_a_liver_without_lesions_is_one_liver() -> None:
    found = liver_absorbed_doses(
        LIVER,
        normal_liver_mass_g=1600.0,
        lesion_mass_g=0.0,
        normal_liver_time_integrated_activity_mbq_h=4e4,
        lesion_time_integrated_activity_mbq_h=0.0,
        cross_dose_gy=0.1,
    )
    assert found.with_lesions.absorbed_dose_gy == pytest.approx(found.without_lesions.absorbed_dose_gy)
    assert found.with_lesions.absorbed_dose_gy == pytest.approx(4e4 * LIVER.at_mass(1600).gy_per_mbq_h + 0.1)


def test_marrow_from_blood() -> None:
    ratio = red_marrow_to_blood_ratio(haematocrit=0.43, extracellular_fluid_fraction=0.19)
    assert ratio == pytest.approx(1 / 3)
    activity = marrow_activity_from_blood(
        blood_time_integrated_activity_mbq_h=5000.0,
        blood_mass_g=5300.0,
        marrow_mass_g=1170.0,
        red_marrow_to_blood_ratio=ratio,
    )
    assert activity == pytest.approx(5000 / 5300 * 1170 / 3)


def test_blood_based_self_dose_hardly_depends_on_the_mass_of_the_marrow() -> None:
    def dose(mass_g: float, s: OrganS) -> float:
        activity = marrow_activity_from_blood(
            blood_time_integrated_activity_mbq_h=5000.0,
            blood_mass_g=5300.0,
            marrow_mass_g=mass_g,
            red_marrow_to_blood_ratio=1.0,
        )
        return marrow_absorbed_dose(
            marrow_time_integrated_activity_mbq_h=activity, marrow_mass_g=mass_g, self_s=s
        ).absorbed_dose_gy

    electrons = replace(MARROW, photon_mgy_per_mbq_s=0.0)
    assert dose(800, electrons) == pytest.approx(dose(1170, electrons), rel=1e-12)
    assert dose(800, MARROW) == pytest.approx(dose(1170, MARROW), rel=0.01)
    assert dose(1170, MARROW) == pytest.approx(5000 / 5300 * 1170 * 2.1e-5 * 3.6)


def test_marrow_from_image() -> None:
    activity = marrow_activity_from_image(
        region_time_integrated_activity_mbq_h=60.0, marrow_fraction_in_region=0.067
    )
    assert activity == pytest.approx(895.52, rel=1e-5)


def test_activity_that_is_uniform_in_the_body_gives_the_total_body_dose() -> None:
    # Whatever the S values of organs are, activity spread by mass must give A S(RM <- TB).
    body, body_mass, activity = OrganS("marrow", "total body", "Lu-177", 1170.0, 0.0, 4e-7), 73000.0, 1e6
    masses = {"marrow": 1170.0, "liver": 1800.0, "kidneys": 310.0}
    organs = [
        MARROW,
        *(
            OrganS("marrow", name, "Lu-177", 1170.0, 0.0, s)
            for name, s in (("liver", 5e-8), ("kidneys", 8e-8))
        ),
    ]
    rest = remainder_s(body, organs=organs, total_body_mass_g=body_mass, organ_masses_g=masses)
    parts = {name: activity * mass / body_mass for name, mass in masses.items()}
    left = remainder_activity(
        total_body_time_integrated_activity_mbq_h=activity, organ_activities_mbq_h=parts
    )
    found = marrow_absorbed_dose(
        marrow_time_integrated_activity_mbq_h=parts["marrow"],
        marrow_mass_g=1170.0,
        self_s=MARROW,
        cross=[(organs[1], parts["liver"]), (organs[2], parts["kidneys"]), (rest, left)],
    )
    assert found.absorbed_dose_gy == pytest.approx(activity * body.gy_per_mbq_h, rel=1e-12)
    assert set(found.cross_doses_gy) == {"liver", "kidneys", "remainder of the body"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: table().s("Liver", "splen"), "Did you mean spleen"),
        (lambda: table().s("Kidney", "liver"), "a region of the table"),
        (lambda: table(phantom="Q"), "a phantom of the data"),
        (lambda: table(electron_energy_kev=300.0), "keV that S times m holds"),
        (lambda: opendose_table({"P|x": {"x": {"mass_g": 1}}}, nuclide="", phantom="P", electron_energy_kev=1), "S_mG"),
        (lambda: LIVER.at_mass(0.0), "mass_g"),
        (lambda: organ_absorbed_dose("Liver", time_integrated_activities_mbq_h={"liver": -1}, table=table()), "liver"),
        (lambda: organ_absorbed_dose("Liver", time_integrated_activities_mbq_h={}, table=table()), "no source"),
        (lambda: red_marrow_to_blood_ratio(haematocrit=43, extracellular_fluid_fraction=0.19), "haematocrit"),
        (
            lambda: marrow_activity_from_image(
                region_time_integrated_activity_mbq_h=1, marrow_fraction_in_region=0
            ),
            "marrow_fraction_in_region",
        ),
        (
            lambda: remainder_activity(
                total_body_time_integrated_activity_mbq_h=1, organ_activities_mbq_h={"a": 2}
            ),
            "whole body",
        ),
        (
            lambda: remainder_s(
                OrganS("m", "tb", "L", 1, 0, 1e-9), organs=[OrganS("m", "m", "L", 1, 1, 0)], total_body_mass_g=9,
                organ_masses_g={"m": 1.0},
            ),
            "more than its organs",
        ),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
