#!/usr/bin/env bash
# Sets everything up (once), then trains: bash scripts/train.sh [options of hrlctl train]
#
# The environment reaches hrlctl, so this works too:
#   TOTAL_STEPS=500000 DIFFICULTY=EASY DEVICE=cuda bash scripts/train.sh
#
# Runs in the repository's folder, from wherever it is called: config/, checkpoints/ and logs/ are there.
set -euo pipefail
unset CDPATH

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
bash "$root/scripts/setup.sh"
cd -- "$root"
exec "$root/.venv/bin/hrlctl" train "$@"
