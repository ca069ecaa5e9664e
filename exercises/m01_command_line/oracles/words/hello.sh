#!/bin/bash
# python hello.py
exit 0
