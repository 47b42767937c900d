"""The stand-in provider: OpenAI's images API with faults on order and a journal of the calls.

It runs behind a gateway in the place of a real provider. It uses `http` and no other part of the
suite.
"""
