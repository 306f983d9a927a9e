"""Comparisons of runs, one module a format."""
