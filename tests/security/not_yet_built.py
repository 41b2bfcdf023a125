"""Parts of the NGSI-LD API whose routes are listed, and so guarded, before anything answers there.

Strike a part when its first route is built; a test holds this list to the truth.
"""

NOT_YET_BUILT = frozenset({"csourceRegistrations", "csourceSubscriptions", "subscriptions"})
"""First segment below `/ngsi-ld/v1`."""

PATHS_TO_COME = ("/citizen/v1/consents", "/citizen/v1/history")
"""Beginnings of paths whose handlers are not written yet."""

AREAS_TO_COME = frozenset({"connect", "partner"})
"""First segments of paths whose function is not among those of `city_functions` yet."""
