"""The lookup service: load over loopback, and requests that mean harm."""
