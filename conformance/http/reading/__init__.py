"""Readers of what somebody else may have written: files, JSON, and values of a known type.

In come bytes; out come values, or one error that says what does not fit. All are bounded in time and
memory, and none depends on where it is called from.
"""
