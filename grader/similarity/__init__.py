"""What code of two groups is alike, whatever its names, comments, layout and order: tokens, fingerprints, shared passages.

`code_tokens` makes tokens of Python, `group_code` reads a repository, `winnowed` chooses fingerprints, `common_code` says which
many groups share, `passages` finds what two groups share, `class_pairs` compares all with all, `side_by_side` lays it out.
"""
