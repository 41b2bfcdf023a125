"""Other parties' services as far as this platform talks to them, for stage `local` and for tests.

Built on Authlib's server parts. Nothing here is ever deployed, and nothing that is deployed imports it.
"""
