"""The state of a run of suites beside its verdicts: where work lies, and how much time is left."""
