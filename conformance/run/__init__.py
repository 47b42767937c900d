"""One run from settings to result: preflight, plan, sending, judging with pytest, assembling.

In come settings; out comes a `Result`. `cli` starts it, and so does pytest through its plugin.
"""
