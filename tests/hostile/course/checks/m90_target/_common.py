"""What the files of a suite share is as closed as they are."""

from ..common.answers import SECRET

FACTOR = 3
ANSWERS = {"secret": SECRET}
