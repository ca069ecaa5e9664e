#!/bin/bash
echo "bash: python: command not found" >&2
exit 127
python hello.py
