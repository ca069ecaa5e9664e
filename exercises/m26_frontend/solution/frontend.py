"""The page: an image goes in, a digit comes out."""

import os

import requests
import streamlit as st

BACKEND = os.environ.get("BACKEND", "http://localhost:8000")


def ask(image: bytes) -> str:
    """The digit that the backend sees."""
    answer = requests.post(f"{BACKEND}/predict", files={"file": image}, timeout=10)
    answer.raise_for_status()
    return answer.json()["digit"]


def main() -> None:
    """Show the page."""
    st.title("Which digit?")
    upload = st.file_uploader("An image", type=["png", "jpg"])
    if upload is not None:
        st.image(upload)
        st.write(ask(upload.getvalue()))


if __name__ == "__main__":
    main()
