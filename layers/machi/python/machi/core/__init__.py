"""Vocabulary that every domain package shares: ids, time, principals, settings, errors."""
