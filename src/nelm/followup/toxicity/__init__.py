"""Toxicity of a treatment: grades from laboratory values, dose modification, and the watch for late marrow disease."""
