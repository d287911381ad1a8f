"""Datasets: one file and one decorated function each, returning a Dataset."""
