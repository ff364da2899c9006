"""Coupled electron-photon transport by Monte Carlo in the materials of a CT."""
