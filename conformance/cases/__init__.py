"""What a check may ask, before it meets a target.

In come the contract and facts in the words of a reader (`n=11`); out come `Spec` values, each with
its control. Checks build them; `plan` binds them to a target.
"""
