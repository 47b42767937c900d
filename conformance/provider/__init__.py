"""The stand-in provider: OpenAI's images API with faults on order and a journal of what arrived.

It stands behind a gateway in the place of a real provider, and knows nothing of the suite.
"""
