"""Anchors, once a day, what was recorded of disclosures."""
