"""What the shipped models learn from the shared name files, and the split that keeps it honest.

In order: `split` (which name is for learning, for choosing, for reporting), `letters` (the learned tables), `scorer`
(the weights of names: `frequency`, `corpus`, `token_weights`, `queries`, `name_weights`; `logistic` and `fit_kernels`
fit).
"""
