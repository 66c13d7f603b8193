"""The platforms we are registered at: keys, tokens, circuits, self-test."""
