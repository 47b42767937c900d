"""What is kept of a run, and what is read back from it.

In come exchanges and the provider's calls; out come `evidence.jsonl`, the exchanges of an earlier
run, the request that caused each call, and curl lines. `send`, `judging` and `run` use it.
"""
