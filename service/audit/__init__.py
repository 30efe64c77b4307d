"""The audit: one record a request and administrative act, kept before the answer leaves.

Contents, from a record to its proof:
    record       what is written down, and how records are chained
    periods      the keys that digest queries, each destroyed some time after its period
    checkpoints  signed heads of chains, in files outside the database
    chain        one writer's chain: appends batches of records, each in one transaction
    group        the thread that commits what waits, and starts again when that has returned
    verify       finds what was changed, removed, reordered or cut
"""
