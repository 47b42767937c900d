"""The value behind `result.json`, from which every report is drawn.

In come outcomes that are put together, or the file; out come a `Result` and the file. `reports`
knows nothing else of the suite.
"""
