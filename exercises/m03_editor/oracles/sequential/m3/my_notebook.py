with open("prices.csv") as file:
    lines = file.read().splitlines()[1:]
prices = {line.split(";")[0]: float(line.split(";")[1]) for line in lines}
print(len(prices))
total = sum(prices.values())
print(f"{total:.2f}")
print(max(prices.values()))
