"""Slow, obvious twins of the fast parts: the definitions, applied pair by pair, without caches or batches."""
