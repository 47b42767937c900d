"""The defects that the gateway can be told to have: each lies in the module of its clause.

A defect whose first broken requirement is BODY-4 lies in `body.py`, or in a `body_<subject>.py`
where one file would be too long. The catalogue finds each module here that has `DEFECTS`.
"""
