"""Pictures as bytes: made without a library, and measured whatever their format."""

import struct
import zlib


def noise(rng, width, height):
    """A picture: rows of bytes, three for a pixel."""
    return [bytes(rng.randrange(256) for _ in range(3 * width)) for _ in range(height)]


def png(rows, level=-1):
    """The file of a picture; another level of compression makes another file of it."""
    head = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), level)
    chunks = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(named):
    kind, data = named
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def size(data):
    """The width and height of a PNG, JPEG, WebP, BMP or GIF picture; None for anything else."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack(">II", data[16:24])
        if data.startswith(b"GIF8"):
            return struct.unpack("<HH", data[6:10])
        if data.startswith(b"BM"):
            width, height = struct.unpack("<ii", data[18:26])
            return width, abs(height)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        return _jpeg(data) if data.startswith(b"\xff\xd8") else None
    except struct.error:
        return None


def is_broken(data):
    """Whether a PNG picture is not whole: a chunk of another content than it says, or too few or too many pixels."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return False
    at, pixels = 8, b""
    try:
        width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            named = data[at + 4 : at + 8 + length]
            if struct.pack(">I", zlib.crc32(named)) != data[at + 8 + length : at + 12 + length]:
                return True
            pixels += named[4:] if named.startswith(b"IDAT") else b""
            at += 12 + length
        channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
        bits = width * channels * depth
        wanted = height * (1 + (bits + 7) // 8)
        # Interlaced pictures have more rows, each with its byte.
        return len(zlib.decompressobj().decompress(pixels, 2 * wanted + 1_000)) < wanted
    except (struct.error, zlib.error, KeyError):
        return True


def _webp(data):
    kind = data[12:16]
    if kind == b"VP8X":
        return tuple(1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return tuple(side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))


def _jpeg(data):
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if kind in (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
