"""Radionuclide dosimetry: emissions, interactions, dose engines, kinetics, biology; arrays and floats only."""
