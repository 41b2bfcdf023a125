"""The NGSI-LD API: translates HTTP to the broker's operations and back (clause 6)."""
