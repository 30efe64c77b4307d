"""Tests of `matcher.documents`."""
