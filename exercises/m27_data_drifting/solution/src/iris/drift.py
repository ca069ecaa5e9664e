"""Compare what was collected with the training data."""

from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

COLUMNS = ["sepal_length", "sepal_width", "kind"]


def drift_report() -> str:
    """The report as HTML."""
    reference = pd.read_csv("data/train.csv")[COLUMNS]
    current = pd.read_csv("predictions.csv", names=["time", *COLUMNS])[COLUMNS]
    result = Report([DataDriftPreset()]).run(current_data=current, reference_data=reference)
    result.save_html("drift.html")
    return Path("drift.html").read_text()
