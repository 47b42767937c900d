"""The end of a run: how much time it has, what took it, and how long what hangs is waited for.

In come requests that are planned and exchanges that ended; out come bounds, and the exchanges of what was
given up. `deadline` is the bound of a run, `bounded` holds work to it, `hangs` is what was learnt of
requests that nobody answers. `run` makes a `Deadline`; the rest of `send` uses it.
"""
