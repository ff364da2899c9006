"""A synthetic patient by formula: anatomy, vessels, lesions and tracers whose true values are all known."""
