"""A reverse proxy before the reference gateway, which changes what no documentation fixes.

In comes the address of a gateway and some changes, out comes the address of the proxy. Each change
is one of `changes/`, and a standard allows it or the documentation is silent about it; so no run may
judge the gateway otherwise behind the proxy than without it.
"""
