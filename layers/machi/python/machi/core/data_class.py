"""Which of the three data classes a record belongs to; it decides table, key, access and log."""

from enum import StrEnum


class DataClass(StrEnum):
    """Design rule 6: nothing is stored without a class."""

    OPEN = "open"
    """Anyone may know: open data, published measurements."""
    LIMITED = "limited"
    """Only parties with a right: registrations, applications, unpublished city data."""
    CLOSED = "closed"
    """Personal data: own table, own key, consent and a disclosure record for every release."""
