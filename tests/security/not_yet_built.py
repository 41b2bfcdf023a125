"""Parts of the NGSI-LD API whose routes are listed, and so guarded, before anything answers there.

Strike a part when its first route is built; a test holds this list to the truth.
"""

NOT_YET_BUILT = frozenset({"csourceRegistrations", "csourceSubscriptions", "subscriptions"})
"""First segment below `/ngsi-ld/v1`."""
