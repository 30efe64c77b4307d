"""Name evidence, measured the same way for every engine: retrieval, pairs, alterations, speed.

    python -m benchmarks.quality.names [--shared ../shared] [--write] [--fold dev] [--sets WORDS] [--limit-queries N]

In the order of the flow: `material` (names of the shared files and lists) -> `listing` (100,000 listed names) ->
`queries`, `changes` (query sets for it), `pairs`, `hard_negatives`, `east_asian` (pair sets) -> `engine` (what is
measured; `ours` and `benchmarks.baselines` are engines) -> `retrieval`, `pairwise`, `first_stage`, `speed` (figures by
`measures`) -> `report`.
"""
