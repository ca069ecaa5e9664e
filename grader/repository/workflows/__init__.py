"""GitHub workflows: read as GitHub reads them, and refused where GitHub refuses them."""
