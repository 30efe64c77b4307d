"""For all tests: properties are not timed, since machines are noisy and a first example may load kernels."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
