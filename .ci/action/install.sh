#!/usr/bin/env bash
# Installs the suite of this action's own version in an environment apart from the job's Python.
set -euo pipefail

"$PYTHON" -m venv "$RUNNER_TEMP/conformance"
"$RUNNER_TEMP/conformance/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$ACTION_PATH/constraints.txt" "$ACTION_PATH"
