def main():
    print("Hello from nano!")


if __name__ == "__main__":
    main()
