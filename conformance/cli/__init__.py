"""The command line: the commands that people type, and the text that each one prints.

In come arguments; out come text, reports and an exit code. Nothing imports it.
"""
