"""The names that a check is written with. Suites import these and no others.

Example:
    from grader.suite import check, work

    @check("The repository has a README", points=1, hint="Add a `README.md`.")
    def test_readme(submission):
        assert submission.exists("README.md"), "There is no README.md."

Everything here runs inside the sandbox, so it imports only the standard library, pytest and a few parsers, and of the grader
only what lies below this package.
"""

from typing import TYPE_CHECKING

from grader.late_names import late_names

if TYPE_CHECKING:
    from grader.repository.faults import Evidence, SubmissionFault
    from grader.repository.scoped_view import work_folders
    from grader.suite.checks import check, work
    from grader.suite.outcomes import StudentFault, not_applicable, partial
    from grader.suite.record import box, evidence, finding, measure
    from grader.suite.sharing import shared
    from grader.suite.student.application.application import Application
    from grader.suite.student.application.conversation import Conversation
    from grader.suite.student.http_messages import Request, Response, get, post, request
    from grader.suite.student.remote import Remote, array, random_array, values
    from grader.suite.student.wire import Array
else:
    __getattr__ = late_names(
        __name__,
        {
            "grader.repository.faults": ["Evidence", "SubmissionFault"],
            "grader.repository.scoped_view": ["work_folders"],
            "grader.suite.checks": ["check", "work"],
            "grader.suite.outcomes": ["StudentFault", "not_applicable", "partial"],
            "grader.suite.record": ["box", "evidence", "finding", "measure"],
            "grader.suite.sharing": ["shared"],
            "grader.suite.student.application.application": ["Application"],
            "grader.suite.student.application.conversation": ["Conversation"],
            "grader.suite.student.http_messages": ["Request", "Response", "get", "post", "request"],
            "grader.suite.student.remote": ["Remote", "array", "random_array", "values"],
            "grader.suite.student.wire": ["Array"],
        },
    )

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
