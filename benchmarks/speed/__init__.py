"""Speed, each measured beside what else does the same job, in one run."""
