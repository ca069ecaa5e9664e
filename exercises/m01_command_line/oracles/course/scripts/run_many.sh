#!/bin/sh
i=1
while [ $i -le 10 ]; do
  python my_script.py
  i=$((i+1))
done
