"""Evaluation of decisions against a truth file: `epervier evaluate`.

In the order of the flow: `truth` (who should match what), `weighing` (every comparable pair of every traveller, once),
`sample` (both joined), `measures`, `curves` and `calibration` (pure functions of numbers), `evaluation` (the figures,
as one plain dict), `charts` and `page` (one HTML page without scripts or addresses; the extra `report`).
`defaults.toml` holds what the caller may say otherwise: base rate and price of a miss.
"""
