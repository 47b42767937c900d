"""Turns exchanges into verdicts: how a check is declared, what it expects, how it may end.

In come exchanges; out come outcomes. Checks use it; `run` collects their outcomes. A judge that
needs more evidence asks for it through `probe.Probe` and in no other way.
"""
