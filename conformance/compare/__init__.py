"""Lays results side by side: two builds of one gateway, or a whole field of them.

In come results, each under a name, with one of them as the baseline; out comes a frozen
`Comparison`: what became better, worse, lost or other, for each requirement and each gateway, with
the findings, the answers, the times and the observations that differ. It judges nothing anew,
sends nothing and opens no file. `reports` draws a comparison, and `cli` prints it.
"""
