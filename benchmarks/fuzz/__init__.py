"""Fuzzing of readers of hostile input: coverage-guided with atheris where it is installed, else seeded mutation."""
