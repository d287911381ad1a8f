"""Measures: one file and one decorated function each, comparing a coreset with its table."""
