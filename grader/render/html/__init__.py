"""The HTML pages: a submission's report and the overview of a class."""
