"""Speed: every figure is CPU time of one process, beside a baseline of the same run."""
