"""The request authorizer: who is calling, decided before anything else runs."""
