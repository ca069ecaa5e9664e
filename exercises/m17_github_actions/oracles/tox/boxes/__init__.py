"""Boxes, and what fits into them."""


def volume(sides: tuple[float, float, float]) -> float:
    """Give the volume of a box."""
    a, b, c = sides
    return a * b * c


def fits(inner: tuple[float, float, float], outer: tuple[float, float, float]) -> bool:
    """Tell whether a box fits into another, turned as one likes."""
    pairs = zip(sorted(inner), sorted(outer), strict=True)
    return all(mine <= other for mine, other in pairs)
