class Digits:
    """Pictures of digits, and which digit each one is."""

    def __len__(self) -> int:
        """How many pictures there are."""

    def __getitem__(self, index: int):
        """One picture and its digit."""


def preprocess(output_folder: str) -> None:
    """Make the pictures and write them to a folder."""
    print("Preprocessing data...")
