if __name__ == "__main__":
    raise ModuleNotFoundError("No module named 'requests'")
    print("Hello")
