"""Materials are mixtures of known elements, and say so when they are not."""

import math

import pytest

from nelm.errors import InputError
from nelm.physics.interaction import Material, material, materials


def test_every_material_is_whole() -> None:
    for one in materials().values():
        assert one.mass_fractions.sum() == pytest.approx(1.0, abs=1e-12)
        assert one.source
        assert 0.49 < one.z_over_a < 0.56


def test_fractions_are_scaled_to_one() -> None:
    made = Material.of("made", 1.0, {"H": 0.111, "O": 0.888})
    assert dict(made.fractions)["H"] == pytest.approx(0.111 / 0.999)


@pytest.mark.parametrize(
    ("density", "fractions", "what"),
    [
        (0.0, {"H": 1.0}, "density"),
        (math.nan, {"H": 1.0}, "density"),
        (1.0, {"H": 11.2, "O": 88.8}, "add to 1"),
        (1.0, {"H": 1.1, "O": -0.1}, "none negative"),
        (1.0, {"Xe": 1.0}, "elements"),
        (1.0, {}, "add to 1"),
    ],
)
def test_a_composition_that_cannot_be_is_refused(
    density: float, fractions: dict[str, float], what: str
) -> None:
    with pytest.raises(InputError, match=what):
        Material.of("made", density, fractions)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="soft_tissue"):
        material("soft tissue")
