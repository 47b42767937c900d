"""What people call from their own Python and their own pytest: `conformance.judge` and the plugin.

In comes a gateway, by its URL or as an ASGI app; out comes a `Result`. This package alone is for programs
of others; it judges nothing itself, and starts the same session as `conformance run`. Every pytest of an
environment loads `api.pytest_plugin`, so that module imports nothing of the suite at its top.
"""
