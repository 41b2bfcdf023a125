"""The HTTP edge that every function with an API shares.

Nothing is imported here, so that the authorizer can read `machi.http.routes` without paying for more.
"""
