"""M28: what the exercise asks of files: conditions of alerts, and sidecars."""

import re

from grader.suite import Evidence, SubmissionFault

#: The words of the starter's classifier.
WORDS = "words.json"
_SIDECAR = re.compile(r"run-gmp-sidecar|cloud-run-gmp-sidecar|otel|opentelemetry-collector|prometheus")
_TEXTS = ("query", "filter", "expr")


def _documents(submission):
    for path in submission.files("**/*.yaml", "**/*.yml", "**/*.json")[:50]:
        try:
            found = [submission.json(path)] if path.endswith(".json") else submission.yaml_documents(path)
        except SubmissionFault:
            continue
        yield from ((path, document) for document in found if isinstance(document, dict))


def _inside(data, depth=0):
    """Every mapping in a document."""
    if isinstance(data, dict) and depth < 12:
        yield data
    values = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in list(values)[:200] if depth < 12 else ():
        yield from _inside(value, depth + 1)


def conditions(submission):
    """The queries of the conditions of alerts, with their places."""
    found = []
    for path, document in _documents(submission):
        for holder in _inside(document):
            for rule in _inside([holder.get("conditions"), holder.get("groups")]):
                texts = [text for name, text in rule.items() if name in _TEXTS and isinstance(text, str)]
                found += [(Evidence(path, None, text), text) for text in texts]
    return found


def sidecars(submission):
    """The services in which a container collects metrics beside another one."""
    found = []
    for path, document in _documents(submission):
        for one in _inside(document):
            containers = one.get("containers")
            images = (
                [str(c.get("image")) for c in containers if isinstance(c, dict)]
                if isinstance(containers, list)
                else []
            )
            if len(images) > 1 and any(_SIDECAR.search(image) for image in images):
                found.append(Evidence(path, None, "a sidecar that collects metrics"))
    return found
