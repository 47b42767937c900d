"""The urls of answers: which may be asked, at which address, and what they serve.

In comes an exchange; out comes what each of its urls served, cleaned and bounded. `downloads` is the way
in; `permits` decides, `pinned` asks one address, `fetching` follows redirects, `learnt` is what the run
knows so far. Only `send.attempts` calls it.
"""
