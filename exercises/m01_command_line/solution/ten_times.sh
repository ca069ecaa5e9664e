#!/usr/bin/env bash
set -euo pipefail

for number in {1..10}; do
    echo "run $number"
    python3 "$(dirname "$0")/hello.py"
done
