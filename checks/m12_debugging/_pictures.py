"""M12: hidden images for the script to train on, and PNG pictures read as rows of grey values."""

import struct
import zlib

#: Images of the exercise, of the course, and how far each pixel is from its shape at most.
SIDES = {"csv": 8, "torch": 28}
NOISE = 50
#: No picture of the exercise is larger.
_MAX_BYTES = 4_000_000


def shapes(rng, side, cell):
    """Four random shapes of dark and bright cells, each bright where another is dark."""
    across = side // cell
    half = across * across // 2
    found = []
    for _ in range(2):
        bright = [True] * half + [False] * (across * across - half)
        rng.shuffle(bright)
        found += [bright, [not one for one in bright]]
    return [
        [190 if cells[y // cell * across + x // cell] else 65 for y in range(side) for x in range(side)]
        for cells in found
    ]


def images(rng, kind, count):
    """Images of four shapes with noise on each pixel, as rows of whole numbers."""
    side = SIDES[kind]
    of = shapes(rng, side, side // 4)
    chosen = [rng.randrange(4) for _ in range(count)]
    return [[grey + rng.randrange(-NOISE, NOISE + 1) for grey in of[shape]] for shape in chosen]


def grey(data):
    """The rows of a PNG picture with eight bits a value, its first channel alone; None for anything else."""
    try:
        width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
        channels = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
        if not data.startswith(b"\x89PNG\r\n\x1a\n") or depth != 8 or interlaced:
            return None
        at, packed = 8, b""
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
            at += 12 + length
        wanted = height * (1 + width * channels)
        if not width or not 0 < wanted <= _MAX_BYTES:
            return None
        pixels = zlib.decompressobj().decompress(packed, wanted)
        return _unfiltered(pixels, width, height, channels) if len(pixels) == wanted else None
    except (struct.error, zlib.error, KeyError):
        return None


def _unfiltered(pixels, width, height, channels):
    size = width * channels
    above, found = bytearray(size), []
    for number in range(height):
        start = number * (1 + size)
        kind, row = pixels[start], bytearray(pixels[start + 1 : start + 1 + size])
        if kind:
            _undo(kind, row, above, channels)
        found.append(bytes(row[::channels]))
        above = row
    return found


def _undo(kind, row, above, step):
    for at in range(len(row)):
        left = row[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        guess = {1: left, 2: above[at], 3: (left + above[at]) // 2}.get(kind)
        row[at] = (row[at] + (_paeth(left, above[at], corner) if guess is None else guess)) & 255


def _paeth(left, up, corner):
    middle = left + up - corner
    return min((left, up, corner), key=lambda one: abs(middle - one))


def shows(rows, image, side):
    """Whether a picture has an image somewhere: all its rows, one below the other."""
    lines = [bytes(image[side * y : side * (y + 1)]) for y in range(side)]
    for top, row in enumerate(rows[: len(rows) - side + 1]):
        at = row.find(lines[0])
        while at >= 0:
            if all(rows[top + y][at : at + side] == line for y, line in enumerate(lines)):
                return top, at
            at = row.find(lines[0], at + 1)
    return None


def alike(one, other):
    """The correlation of two lists of values; 0 where one has a single value."""
    means = [sum(values) / len(values) for values in (one, other)]
    pairs = [(a - means[0], b - means[1]) for a, b in zip(one, other, strict=True)]
    spread = sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs)
    return sum(a * b for a, b in pairs) / spread**0.5 if spread else 0.0


def tile(rows, top, left, side):
    """The values of one image of a picture."""
    return [value for row in rows[top : top + side] for value in row[left : left + side]]
