"""Which entities does a request ask for, in which order, and how much of each?

Pure functions over the in-memory entity form: clauses 4.9 (q), 4.10 (geo), 4.17 (types), 4.19 (scopes),
4.21 (projection) and 4.23 (order). Every parser raises BadRequestData and bounds its own work.
"""
