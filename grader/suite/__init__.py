"""The names that a check is written with. Suites import these and no others.

Example:
    from grader.suite import check, work

    @check("The repository has a README", points=1, hint="Add a `README.md`.")
    def test_readme(submission):
        assert submission.exists("README.md"), "There is no README.md."

Everything here runs inside the sandbox, so it imports only the standard library, pytest and a few parsers, and of the grader
only what lies below this package.
"""

from grader.repository.faults import Evidence, SubmissionFault
from grader.repository.scoped_view import work_folders
from grader.suite.checks import check, work
from grader.suite.outcomes import StudentFault, not_applicable, partial
from grader.suite.record import box, evidence, finding, measure
from grader.suite.shared import shared
from grader.suite.student.application.application import Application
from grader.suite.student.application.conversation import Conversation
from grader.suite.student.http_messages import Request, Response, get, post, request
from grader.suite.student.remote import Remote, array, random_array, values
from grader.suite.student.wire import Array

__all__ = [
    "Application",
    "Array",
    "Conversation",
    "Evidence",
    "Remote",
    "Request",
    "Response",
    "StudentFault",
    "SubmissionFault",
    "array",
    "box",
    "check",
    "evidence",
    "finding",
    "get",
    "measure",
    "not_applicable",
    "partial",
    "post",
    "random_array",
    "request",
    "shared",
    "values",
    "work",
    "work_folders",
]
