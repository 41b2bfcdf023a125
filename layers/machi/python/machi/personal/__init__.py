"""Personal entities: NGSI-LD entities about a citizen, seen through the citizen's consents.

An application that reads them sees a broker in which nothing else exists: filters, order, counts and pages
are worked out on the consented view, never on what lies behind it (design rules 3 and 4).
"""
