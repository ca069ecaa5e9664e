"""How many submissions are graded at once: what the sandbox's machine carries without one slowing down the other."""

from __future__ import annotations

from grader.sandbox.local_room import local_room
from grader.sandbox.protocol import Room, Sandbox
from grader.settings import BatchLimits, Limits


def jobs_for(place: Sandbox, limits: Limits, batch: BatchLimits) -> int:
    """Return how many submissions the machine of `place` carries at once; at least one.

    Two count: the sandbox's machine, which may be a virtual one or elsewhere, and this one, whose processes fetch and render.
    """
    here = local_room()
    memory = batch.job_bytes if place.isolated else batch.job_bytes + limits.memory_bytes
    return max(
        1,
        min(
            _fits(place.room(), limits.cpus, limits.memory_bytes, batch.spare_bytes),
            _fits(here, limits.cpus if not place.isolated else 0.0, memory, batch.spare_bytes),
        ),
    )


def _fits(room: Room, cpus: float, memory: int, spare: int) -> int:
    by_memory = (room.memory_bytes - spare) // memory
    return min(by_memory, int(room.cpus / cpus)) if cpus else by_memory
