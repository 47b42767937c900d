"""Whose problem an answer to a good request tells of: causes, and the rules that find them.

In comes what an answer says (`http.said`) or which calls a request caused; out comes a cause. Only the
preflight's diagnoses ask.
"""
