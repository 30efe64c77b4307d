"""Immutable list versions, segments and snapshots on disk: written once, checked, mapped.

Flow: `write` (Arrow files from batches; `columns` leaves constant ones out) -> `manifest` (what each small
file says, ids, checks of names) -> `layout` (places, pointer, the one writer) -> `read` (verify and map) ->
`diff` (two versions of a list; `entry_ids` of documents) -> `upkeep` (verify all, prune).
`matcher.store.Store` calls them in turn; the index of a list is built in `matcher.index`.
"""
