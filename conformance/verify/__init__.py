"""Judges the evidence of a run again, offline and without its credential, and says what differs.

In comes a report folder; out come the result that its evidence comes to, and the differences from the
one that stands beside it. Nothing is sent: the checks that judged the run ask the same questions, and
get the recorded answers. `cli` uses it, and so does all that reads a result that somebody else wrote.
"""
