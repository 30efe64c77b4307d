"""The command line, `epervier`: the library's verbs for a terminal, nothing computed here.

Contents, in the order in which a command runs:
    main      the application, its exit codes, commands that other packages add
    terminal  what may reach a screen: consoles, text made safe, progress, one line of error
    lists, store, lookup, screen, compare, demo   one file a command group
    render    decisions and counts as rich tables

typer and rich are imported in this package only; Arrow and the matcher's own layers are imported
inside the commands, so that `epervier --help` answers at once.
"""
