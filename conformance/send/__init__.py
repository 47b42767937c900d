"""Sends the requests of a plan and returns exchanges, bounded in time, size and pictures.

In come requests; out come exchanges with every attempt that they took. Only `run` makes a sender,
and a check reaches it through `judge.probe` alone.
"""
