"""The service: the library's lookups over HTTP, thin, with the same decisions.

Contents, in the order in which a request meets them:
    commands  `epervier serve | config`, `keys`, `audit`: join the command line by an entry point
    settings  what can be set, by option, environment or file
    server    the processes
    app       the application: routes, problem handlers, OpenAPI
    observed  ids, counts and log lines around every request
    guard     admits callers, and keeps the record of an answer before it leaves
    access    who may call what (`tables/routes.tsv`), and what lists are opened for
    keys      API keys; `rates`: how often each may ask
    call      one request as the audit sees it; `desk`: what a process needs to keep it
    audit     chained records, digests of queries, signed checkpoints, verification
    database  tables, migrations, SQLite or PostgreSQL
    limits    bodies and work within bounds
    current   the snapshot in force, opened for each access
    models    JSON forms of requests and answers
    routes    one file a group of routes
    problems  errors as RFC 9457 problems, one table
    logs      log lines without personal data

Until the first key is made the service listens on this machine only, asks for nothing, and says so. `README.md` tells
how to run it, `SECURITY.md` what it protects and what is left to the operator.
"""
