"""The partner API: what a partner receives of the citizen who signed in through it."""
