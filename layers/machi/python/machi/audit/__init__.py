"""Proof that no record of a disclosure was removed, changed or moved afterwards.

Each citizen's records form a chain (`machi.consent.disclosure`). Once a day the ends of the chains that grew
are written down, signed, where nobody can change them. Whoever rewrites a chain and its end is found by these
anchors.
"""
