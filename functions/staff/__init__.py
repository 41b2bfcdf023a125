"""The staff API: agreements, the data catalogue, the queue, guardians, and looks on record."""
