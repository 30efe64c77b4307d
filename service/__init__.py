"""The service: the library's lookups over HTTP, thin, with the same decisions.

Contents, in the order in which a request meets them:
    commands  `epervier serve`, which joins the command line by an entry point
    settings  what can be set, by environment or option
    server    the processes; `protocol`: how long a request's head may take
    app       the application: routes, problem handlers, OpenAPI
    observed  id, clock and log around every request; `measures`: what is counted
    limits    bodies and work within bounds
    current   the snapshot in force; `in_force`: what it is answered with; `freshness`: how old its lists are
    models    JSON forms of lookups; `forms`: of the rest
    questions what a lookup asks, and its decisions; `filters`: what of them is shown
    screening a passenger file answered while it runs; `passenger_files`, `streams`: its two ends
    routes    one file a group of routes
    page      the page at `/`
    problems  errors as RFC 9457 problems, one table
    logs      log lines without personal data

There are no keys yet: the service listens on loopback only and says so.
"""
