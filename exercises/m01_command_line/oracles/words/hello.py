"""Hello world!"""


def main():
    if False:
        print("Hello world!")


if __name__ == "__main__":
    main()
