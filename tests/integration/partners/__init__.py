"""Unmodified OpenID Connect clients sign citizens in through the front door of the running platform."""
