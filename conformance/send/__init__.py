"""Sends the requests of a plan and returns exchanges, bounded in time, size and pictures.

In come requests; out come exchanges with every attempt that they took. `sender` has the thread and
the futures, `phases` the order, `retry` and `recheck` send again, `attempts` sends once, and
`transport` is the network. Only `run` makes a sender.
"""
