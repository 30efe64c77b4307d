"""What the shipped models learn from the shared name files, and the split that keeps it honest.

In order: `split` (which name is for learning, for choosing, for reporting), `letters` (the learned tables).
"""
