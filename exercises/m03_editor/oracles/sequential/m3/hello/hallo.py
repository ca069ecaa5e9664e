for name in ["VS Code", "PyCharm"]:
    print("Hallo", name)
