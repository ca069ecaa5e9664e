python hello
