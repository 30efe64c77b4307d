"""Policy tables: what is asked, who sees what, and which words say it. Rule 6: policy is data.

Each table is a TOML file beside its module, with id, source and date, checked when it is first read; a bad table
refuses to start (`ModelError`) with table, row and rule.

* `kinds`: kinds of entries: how they are found, shown and answered, with wording; protective entries by role.
* `handling`: handling codes and who may see them.
* `roles`: roles of callers, their answers and scopes.
* `indicators`: indicators that help to identify victims of trafficking, guidance and referral.
* `tables`: how a table is read and refused.

Who may see which entry is decided elsewhere, from these.
"""
