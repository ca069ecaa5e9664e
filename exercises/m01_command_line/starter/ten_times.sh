for number in 1 2 3
do
    echo "Hello world!"   # by hello.py
done
