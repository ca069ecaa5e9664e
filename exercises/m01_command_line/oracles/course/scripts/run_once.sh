#!/bin/bash
uv run my_script.py
