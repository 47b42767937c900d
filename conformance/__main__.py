"""`python -m conformance` is the same as `conformance`."""

import sys

from conformance.cli import main

if __name__ == "__main__":
    sys.exit(main())
