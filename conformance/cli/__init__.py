"""The command line: what people type, and what is printed for them.

In come arguments; out come text, reports and an exit code. Nothing imports it.
"""
