"""Backbones: one file and one decorated function each, turning images into features."""
