"""The checks, one module for each clause of the contract, found and run by pytest.

In come exchanges, through the fixtures of `run.fixtures`; a check returns, or fails with what was
expected and what came. Nothing imports them but pytest and `conformance explain`.
"""
