"""The checks, one module for each clause of the contract, found and run by pytest.

In come exchanges, through the fixtures of `run.fixtures`. A check returns, or fails with what it
expected and what came. Only pytest and `conformance explain` import these modules.
"""
