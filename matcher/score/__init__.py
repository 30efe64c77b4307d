"""Levels to evidence weights in bits: additive, symmetric, exact; no thresholds applied, no lists seen.

`model` loads and checks the weights and the reference frequencies; `names` aligns the tokens of two names;
`fields` weighs everything beside the name. A score is the sum of its leaves (`evidence.Evidence`).
"""
