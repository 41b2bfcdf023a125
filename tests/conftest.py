"""Fixtures that every kind of test may ask for."""

from tests.platform import platform

__all__ = ["platform"]
