"""Facts of an inventory about tools besides imports, commands and files: tests of an API, caching, sweeps."""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.inventory import Inventory
from grader.results import EvidenceRecord


def _tests(inventory: Inventory) -> list[EvidenceRecord]:
    return [EvidenceRecord(path=test.path, text=f"{len(test.functions)} tests") for test in inventory.tests]


def _api_tests(inventory: Inventory) -> list[EvidenceRecord]:
    clients = ("fastapi.testclient", "starlette.testclient", "httpx", "requests", "flask.testing")
    return [
        EvidenceRecord(path=test.path, text=", ".join(test.functions)[:200])
        for test in inventory.tests
        if test.functions
        and (
            any(
                name == client or name.startswith(f"{client}.") for name in test.imports for client in clients
            )
            or re.search(r"(?:api|app|backend|endpoint|server)", test.path.rpartition("/")[2])
        )
    ]


def _caching(inventory: Inventory) -> list[EvidenceRecord]:
    return [
        EvidenceRecord(path=flow.path, text="caches dependencies")
        for flow in inventory.workflows
        if flow.caches
    ]


def _sweeps(inventory: Inventory) -> list[EvidenceRecord]:
    """Return configurations in the form of W&B's sweeps."""
    found = []
    for config in inventory.configs:
        first = {key.partition(".")[0] for key in config.keys}
        if "parameters" in first and first & {"method", "metric", "program"}:
            found.append(EvidenceRecord(path=config.path, text="method, metric, parameters"))
    return found


#: Functions by the names that `reports/tools.toml` uses.
FACTS: dict[str, Callable[[Inventory], list[EvidenceRecord]]] = {
    "tests": _tests,
    "api_tests": _api_tests,
    "caching": _caching,
    "wandb_sweep": _sweeps,
    "workflows": lambda inventory: [
        EvidenceRecord(path=flow.path, text=flow.name) for flow in inventory.workflows
    ],
    "images": lambda inventory: [EvidenceRecord(path=image.path) for image in inventory.images],
    "frontend_image": lambda inventory: [
        EvidenceRecord(path=image.path) for image in inventory.images if "frontend" in image.roles
    ],
    "dvc": lambda inventory: [
        EvidenceRecord(path=remote.path, line=remote.line, text=remote.url) for remote in inventory.remotes
    ],
    "cloudbuild": lambda inventory: [
        EvidenceRecord(path=one.path, line=one.line, text=" ".join(one.words)[:200])
        for one in inventory.commands
        if one.source == "cloudbuild"
    ],
}
