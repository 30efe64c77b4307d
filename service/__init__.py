"""The service: the library's lookups over HTTP, thin, with the same decisions.

Contents, in the order in which a request meets them:
    commands  `epervier serve`, which joins the command line by an entry point
    settings  what can be set, by environment or option
    app       the application: routes, problem handlers, OpenAPI
    limits    bodies and work within bounds
    current   the snapshot in force
    models    JSON forms of requests and answers
    routes    one file a group of routes
    problems  errors as RFC 9457 problems, one table
    logs      log lines without personal data

There are no keys yet: the service listens on loopback only and says so.
"""
