"""Requests over HTTP by a client that has a name of the group's own: `s = requests.Session()`, then `s.get(…)`."""

import ast

#: What makes a client that requests are sent by.
_CLIENTS = (
    "requests.Session",
    "requests.session",
    "requests.sessions.Session",
    "requests_toolbelt.sessions.BaseUrlSession",
    "requests_cache.CachedSession",
    "httpx.Client",
    "httpx.AsyncClient",
    "aiohttp.ClientSession",
    "urllib3.PoolManager",
    "http.client.HTTPConnection",
    "http.client.HTTPSConnection",
)


def client_of(submission, file, call):
    """What made the object whose method is called, dotted: `requests.Session` for `s.get(…)`; empty where nobody can tell."""
    node = call.node.func
    return submission.maker(file, node.value) if isinstance(node, ast.Attribute) else ""


def is_client(maker):
    """Whether requests are sent by what this makes."""
    return maker in _CLIENTS
