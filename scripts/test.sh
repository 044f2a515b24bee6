#!/usr/bin/env bash
# Sets everything up (once), then runs the tests: bash scripts/test.sh [options of pytest]
#
#   bash scripts/test.sh              the default tests, a few minutes
#   bash scripts/test.sh -m slow      the tests that train until something is learned
#
# Runs in the repository's folder, from wherever it is called.
set -euo pipefail
unset CDPATH

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
bash "$root/scripts/setup.sh" --dev
cd -- "$root"
exec "$root/.venv/bin/python" -m pytest "$@"
