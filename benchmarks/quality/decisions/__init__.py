"""Decisions on real lists: what is found, what is raised falsely, and whether a probability means what it says.

`travellers` makes the rows and their truth, `namesakes` those that share a listed name only, `name_pairs` the pairs of
unseen names; `measure` screens once and reads every figure from that with `matcher.report`, `write_up` writes the
tables.
"""
