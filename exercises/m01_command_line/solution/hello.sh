#!/usr/bin/env bash
set -euo pipefail

# Works from any folder: the script lies beside this one.
python3 "$(dirname "$0")/hello.py"
