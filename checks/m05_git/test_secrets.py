"""M5: keys, tokens and passwords stay out of a history, because nothing takes them out again."""

from grader.suite import check, finding, measure


@check(
    "No key, token or password is committed",
    points=1,
    hint="Make the secret worthless first: revoke it where it came from. Then read it from an environment variable or a "
    "`.env` file that `.gitignore` names. Deleting the line is not enough: the history keeps it.",
)
def test_no_secrets_are_committed(submission):
    found = submission.secrets
    for secret in found:
        finding(secret.rule, secret.path, secret.line, secret.message, secret.digest)
    measure("n_secrets", len(found))
    if submission.unsearched:
        measure("n_files_not_searched", len(submission.unsearched))
    assert not found, [secret.evidence for secret in found]
