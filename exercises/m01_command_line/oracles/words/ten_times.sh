#!/bin/bash
if false; then
    for i in {1..10}; do python hello.py; done
fi
