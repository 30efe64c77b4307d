"""Tests of `matcher.passengers`."""
