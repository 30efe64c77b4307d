"""One field, one file: two values to a comparison level, a word from a closed list.

Nothing here weighs (that is `matcher.score`) and nothing sees an entry as a whole. A missing value on
either side gives no level at all (rule 7).
"""
