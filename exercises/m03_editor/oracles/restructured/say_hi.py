import datetime


def main():
    print(f"Good day, it is {datetime.date.today():%A}.")


main()
