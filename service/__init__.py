"""The service: the library's lookups over HTTP, thin, with the same decisions.

Contents, in the order in which a request meets them:
    commands  `epervier serve | config`, `keys`, `audit`: join the command line by an entry point
    settings  what can be set, by option, environment or file
    server    the processes; `protocol`: how long a request's head may take
    app       the application: routes, problem handlers, OpenAPI
    observed  id, clock and log around every request; `measures`: what is counted
    guard     admits callers, and keeps the record of an answer before it leaves
    access    who may call what (`tables/routes.tsv`), and what lists are opened for; `keys`, `rates`, `idempotency`
    call      one request as the audit sees it; `desk`: what a process needs to keep it
    audit     chained records, digests of queries, signed checkpoints, verification
    database  tables, migrations, SQLite or PostgreSQL
    limits    bodies and work within bounds
    current   the snapshot in force, opened for each access; `in_force`: what it is answered with; `freshness`
    models    JSON forms of lookups; `forms`: of the rest
    questions what a lookup asks, and its decisions; `filters`: what of them is shown
    screening a passenger file answered while it runs; `passenger_files`, `streams`: its two ends
    uploads   a list file that is imported
    routes    one file a group of routes
    page      the page at `/`
    problems  errors as RFC 9457 problems, one table
    logs      log lines without personal data

Until the first key is made the service listens on this machine only, asks for nothing, and says so. `README.md` tells
how to run it, `SECURITY.md` what it protects and what is left to the operator.
"""
