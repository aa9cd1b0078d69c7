"""Calmline: rehearse the angry customer call aloud, offline, and see what calmed it."""

__version__ = "0.4.0"
