"""Tests of `matcher.output`."""
