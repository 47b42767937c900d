"""The value behind `result.json`, from which every report is drawn.

In come the outcomes of a run, the results of its shards, or the file; out come a `Result`, the file
and its JSON Schema. `reports` draws from a `Result` and knows no other package of the suite.
"""
