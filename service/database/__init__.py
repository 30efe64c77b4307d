"""The service's database: keys, audit, digest keys, kept answers. The lists lie in the store, never here.

Contents:
    tables      SQLAlchemy Core tables
    engine      opening SQLite or PostgreSQL, bringing it to the present form
    migrations  alembic's steps from one form to the next, shipped with the package
"""
