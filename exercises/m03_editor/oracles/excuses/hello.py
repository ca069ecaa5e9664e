if __name__ == "__main__":
    raise ConnectionError("Temporary failure in name resolution")
    print("Hello")
