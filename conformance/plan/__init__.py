"""Which requests a run sends, in which order, and at what price in pictures.

In come specs and a target; out come `Request` values with their exact bytes, equal ones once.
`run` makes the plan; nothing here sends.
"""
