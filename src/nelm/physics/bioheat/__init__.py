"""Bioheat: temperature of perfused tissue by the equation of Pennes, and what it kills by several models."""

from nelm.physics.bioheat.death import (
    Accumulating,
    DeathModel,
    DeathModels,
    ThreeState,
    arrhenius,
    lethal_temperature_c,
    thermal_dose,
)
from nelm.physics.bioheat.run import Engine, Heat, Setup, advance, set_up, start
from nelm.physics.bioheat.sources import ball_shares, gaussian_shares, line_shares
from nelm.physics.bioheat.tissue import Border, Heated, Tissue, Wall

__all__ = [
    "Accumulating", "Border", "DeathModel", "DeathModels", "Engine", "Heat", "Heated", "Setup", "ThreeState", "Tissue",
    "Wall", "advance", "arrhenius", "ball_shares", "gaussian_shares", "lethal_temperature_c", "line_shares", "set_up",
    "start", "thermal_dose",
]  # fmt: skip
