"""Calls to other parties."""
