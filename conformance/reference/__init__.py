"""A gateway that does everything the contract says, or everything but one thing.

`python -m conformance.reference --defect n-eleven-accepted` serves it on a free loopback port.
"""
