"""Which lines of a report stand in code, comments or HTML, where what looks like a heading is none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from grader.repository.formats.markdown import MAX_LINES, Block, read_blocks

#: How often a report is read anew, in lines: a fence that was never closed costs one more reading.
_MAX_READ = 4 * MAX_LINES


class Hiding:
    """The blocks in which a heading is none, of a report that is cut into parts which are read on their own."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._read = 0
        self._starts = [0]
        self._parts = {0: self._blocks(0, len(lines))}

    def at(self, line: int) -> Block | None:
        """Return the block that `line` stands in, or begins."""
        blocks = self._parts[self._starts[bisect_right(self._starts, line) - 1]]
        position = bisect_right(blocks, line, key=lambda block: block.first) - 1
        return blocks[position] if position >= 0 and line < blocks[position].end else None

    def cut(self, line: int) -> None:
        """Let the blocks before `line` end there. Where too much was read already, what follows hides nothing."""
        position = bisect_right(self._starts, line)
        start, end = self._starts[position - 1], (*self._starts[position:], len(self._lines))[0]
        self._parts[start] = [
            replace(block, end=min(block.end, line)) for block in self._parts[start] if block.first < line
        ]
        self._starts.insert(position, line)
        self._parts[line] = self._blocks(line, end)

    def _blocks(self, start: int, end: int) -> list[Block]:
        self._read += min(end - start, MAX_LINES)
        if self._read > _MAX_READ:
            return []
        lines = self._lines[start:end]
        return [
            replace(block, first=start + block.first, end=start + block.end)
            for block in read_blocks(lines)
            if block.kind in ("fence", "comment")
            # `<pre>` and its like, which blank lines do not end; headings in any other stay what they are.
            or (block.kind == "html" and not all(line.strip() for line in lines[block.first : block.end]))
        ]
