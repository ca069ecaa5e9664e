"""What authors of suites use: proofs, recipes of repositories, the pytest plugin."""
