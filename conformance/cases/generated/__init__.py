"""The property cases: forms drawn from a seed, and the oracle that reads their bytes.

In come the contract, a seed and a profile; out come cases, each under the requirement that it asks
for, and the oracle's reading of any form. Checks and `judging` use it.
"""
