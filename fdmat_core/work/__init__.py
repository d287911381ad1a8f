"""Disk, processes and machines."""
