"""What a check may ask, before it meets a target.

In come the contract and facts as a reader writes them (`n=11`); out come `Spec` values, each with
its control. Checks build them; `plan` binds them to a target.
"""
