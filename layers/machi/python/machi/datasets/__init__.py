"""Open data files: what they say, as entities, and what was wrong with them."""

from machi.datasets.evacuation_shelter import EvacuationShelter
from machi.datasets.evacuation_space import HAZARD_NAMES, EvacuationSite, Hazard
from machi.datasets.place import Address, Place
from machi.datasets.problems import FileUnreadable
from machi.datasets.provenance import Provenance
from machi.datasets.publication import read_provenance, read_shelters, read_sites

__all__ = [
    "HAZARD_NAMES",
    "Address",
    "EvacuationShelter",
    "EvacuationSite",
    "FileUnreadable",
    "Hazard",
    "Place",
    "Provenance",
    "read_provenance",
    "read_shelters",
    "read_sites",
]
