"""The figures of the sample report, drawn when it is built: no binary files, and the same bytes everywhere."""

from __future__ import annotations

import struct
import zlib

_WIDTH, _HEIGHT = 560, 320
_WHITE, _BLACK, _BLUE, _PALE = range(4)
_COLOURS = bytes.fromhex("ffffff 222222 1f6feb ddeaff")

# What can be written, and each character's shape of 3 by 5 points: five octal digits, one a row.
_LETTERS = "ABCDEFGHIKLMNOPRSTUVXY0123456789./-"
_SHAPES = (
    "25755656563444365556746477464434553557557222755655444475775565555255526564465655342167222255557"
    "55552552555522275557262277174771717557117471774757711117575775717000021124400700"
)
_FONT = {letter: _SHAPES[5 * index : 5 * index + 5] for index, letter in enumerate(_LETTERS)}


class _Canvas:
    """Pixels of four colours."""

    def __init__(self) -> None:
        self._rows = [bytearray(_WIDTH) for _ in range(_HEIGHT)]

    def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        """Fill a rectangle; it has to lie within the canvas."""
        for row in self._rows[y : y + height]:
            row[x : x + width] = bytes([colour]) * width

    def text(self, x: int, y: int, words: str, scale: int = 3) -> None:
        """Write a line of capitals; what the font lacks is a space."""
        for index, letter in enumerate(words):
            for row, bits in enumerate(_FONT.get(letter, "00000")):
                for column in range(3):
                    if int(bits) >> (2 - column) & 1:
                        self.fill(x + (4 * index + column) * scale, y + row * scale, scale, scale, _BLACK)

    def box(self, x: int, y: int, words: str) -> None:
        """A labelled box of 130 by 50 pixels."""
        self.fill(x, y, 130, 50, _BLUE)
        self.fill(x + 2, y + 2, 126, 46, _PALE)
        self.text(x + 65 - 6 * len(words), y + 18, words)

    def png(self) -> bytes:
        """The picture as a PNG.

        Stored, not compressed: zlib's versions compress differently, and the bytes are part of a commit id.
        """
        packed = b"".join(b"\0" + _pack(row) for row in self._rows)
        header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 2, 3, 0, 0, 0)
        chunks = (b"IHDR", header), (b"PLTE", _COLOURS), (b"IDAT", _stored(packed)), (b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def training() -> bytes:
    """The loss of ten epochs, as the sample project's training logs it."""
    losses = (1.2497, 0.3817, 0.2233, 0.1573, 0.1198, 0.0966, 0.0812, 0.0699, 0.0615, 0.0551)
    canvas = _Canvas()
    canvas.text(40, 12, "TRAINING LOSS")
    canvas.fill(40, 40, 2, 240, _BLACK)
    canvas.fill(40, 280, 500, 2, _BLACK)
    for epoch, loss in enumerate(losses):
        height = round(170 * loss)
        canvas.fill(60 + 48 * epoch, 280 - height, 30, height, _BLUE)
        canvas.text(70 + 48 * epoch, 292, str(epoch), scale=2)
    return canvas.png()


def bucket() -> bytes:
    """A listing of a bucket."""
    canvas = _Canvas()
    canvas.text(20, 16, "BUCKET CORRUPT-MNIST-DEMO")
    lines = ("FILES/MD5/3F  1.4 M", "FILES/MD5/71  0.4 M", "FILES/MD5/A0  0.1 M", "FILES/MD5/D4  0.1 M")
    for number, line in enumerate(lines):
        canvas.fill(20, 50 + 44 * number, 520, 34, _PALE)
        canvas.text(32, 60 + 44 * number, line)
    return canvas.png()


def architecture() -> bytes:
    """The parts of the sample system, from left to right."""
    canvas = _Canvas()
    for y, words in (
        (40, ("LAPTOP", "GITHUB", "ACTIONS")),
        (135, ("DATA", "DVC", "BUCKET")),
        (230, ("TRAINING", "MODEL", "API")),
    ):
        for column, label in enumerate(words):
            canvas.box(25 + 190 * column, y, label)
            if column:
                canvas.fill(190 * column - 35, y + 24, 60, 3, _BLACK)
    canvas.fill(89, 185, 3, 45, _BLACK)
    canvas.fill(89, 90, 3, 45, _BLACK)
    return canvas.png()


def _pack(row: bytearray) -> bytes:
    """Four pixels a byte, the first in the highest bits."""
    groups = zip(row[::4], row[1::4], row[2::4], row[3::4], strict=True)
    return bytes(a << 6 | b << 4 | c << 2 | d for a, b, c, d in groups)


def _stored(data: bytes) -> bytes:
    """`data` as a zlib stream of one uncompressed block; it has to be shorter than 64 KiB."""
    block = struct.pack("<BHH", 1, len(data), len(data) ^ 0xFFFF)
    return b"\x78\x01" + block + data + struct.pack(">I", zlib.adler32(data))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
