"""Tables of small pictures, as exercises hand them out: a label and the brightness of each pixel in a row."""


def label_tables(submission):
    """The paths of such tables in a repository."""
    return [path for path in submission.files("**/*.csv") if submission.text(path).startswith("label,p0,")]


def as_csv(rows):
    """The text of a table of `(label, pixels)`."""
    head = ",".join(["label", *(f"p{number}" for number in range(len(rows[0][1])))])
    lines = [",".join(map(str, [label, *pixels])) for label, pixels in rows]
    return "\n".join([head, *lines]) + "\n"


def like(rng, picture):
    """A noisy copy of a picture whose pixels are from 0 to 15."""
    return [max(0, min(15, one + rng.randint(-3, 3))) for one in picture]
