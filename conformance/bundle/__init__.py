"""One file that holds a whole result: what it is about, who vouches for it, and whether it was changed.

In comes a report folder; out comes a deterministic zip with an in-toto statement and its DSSE
signatures. In comes such a zip, or its folder; out come its files, and what in it does not fit. `cli`
writes and signs with it, and whatever judges evidence again reads with it. It judges nothing itself.
"""
