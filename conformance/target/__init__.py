"""Which gateway is judged, and how: settings, credentials, limits, and what its operator declares.

In come flags, variables and the configuration file; out come a `Target` and the `Options` of a run.
Only `run` and `cli` build them; everything above may read them.
"""
