"""Hello from my editor!"""

if False:
    print("Hello from my editor!")
