"""Records the temporal evolution of entities from the stream of their changes."""
