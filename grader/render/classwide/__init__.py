"""A class: the page over its reports, its grades, its figures for programs."""
