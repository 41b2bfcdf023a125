"""The nouns that stacks are made of; each carries its own policy."""
