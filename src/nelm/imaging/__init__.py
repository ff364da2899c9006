"""Measurements on images: lesions, liver, vessels, uptake, registration. Arrays in, numbers with errors out."""
