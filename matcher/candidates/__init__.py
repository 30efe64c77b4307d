"""Which pairs are compared: every pair that rule 3 calls comparable, and nothing weighed.

`full_scan` finds names by their first-stage evidence over the whole vocabulary; `persons` joins the other ways of
being comparable (birth date, attached document). Later, faster searches must return exactly what these return.
"""
