"""Forty checks of one kind: a server in one slot, an honest twin in the next. The task is to double a number.

The twin first looks for what the server left behind, as the students' user.
"""

import pytest

from grader.suite import StudentFault, check, work

from ..common.leftovers import leftovers


@work("a `server_00.py`, or a `first.py`")
def find_work(submission):
    return bool(submission.files("server_00.py", "first.py"))


def ask(server, rng):
    number = rng.randrange(10**6, 10**7)
    found = server.get("/double", query={"x": number}, timeout=4).expect(200).json()
    assert found == {"double": 2 * number}, "It does not double the number."


def doubles(student, rng, path):
    """Ask twice, then take evidence of files: nothing of the server may be left that could change one."""
    with student.serve(["python", path], timeout=4) as server:
        ask(server, rng)
        ask(server, rng)
    student.write("evidence.txt", "ours")
    assert student.read("evidence.txt") == "ours", "It goes on after its end."


def behind(student, rng, path):
    found = leftovers(student)
    assert not found, f"Left behind by an earlier check: {', '.join(found)}"
    doubles(student, rng, path)


@check("A second server cannot have the port of the first", points=3)
def test_two_servers(student, rng):
    with student.serve(["python", "first.py"], timeout=4) as first:
        with (
            pytest.raises(StudentFault, match=r"ended before it accepted a connection \(exit code 6\)"),
            student.serve(["python", "second.py"], env={"FIRST": str(first.port)}, timeout=4),
        ):
            pass
        ask(first, rng)


@check("Other calls run beside a server", points=3)
def test_beside(student, rng):
    with (
        student.serve(["python", "first.py"], timeout=4) as first,
        student.serve(["python", "first.py"]) as other,
    ):
        assert student.run(["python", "-c", "print(1)"]).succeeded().stdout == "1\n", (
            "A command fails beside it."
        )
        student.write("beside.txt", "beside")
        assert student.read("beside.txt") == "beside", "Files are not read beside it."
        assert "beside.txt" in student.files(), "Files are not listed beside it."
        ask(first, rng)
        other.stop()
        ask(first, rng)


@check("A command that leaves its session beside a server ends with the server", points=3)
def test_escape(student, rng):
    with student.serve(["python", "first.py"], timeout=4) as first:
        student.run(["python", "escapes.py"]).succeeded()
        ask(first, rng)
    found = leftovers(student)
    assert not any(line.startswith("process") for line in found), f"It is still there: {', '.join(found)}"


@check("A server has as much CPU as it is given", points=3)
def test_cpu(student):
    with student.serve(["python", "spins.py"], timeout=4, cpu_s=1) as server:
        server.get("/double", query={"x": 1}, timeout=4)


@check("A server that goes on writing is gone before its files are evidence", points=3)
def test_files(student):
    with student.serve(["python", "forges.py"], timeout=4):
        student.write("evidence.txt", "ours")
        assert student.exists("evidence.txt"), "There is no such file."
    student.write("evidence.txt", "ours")
    assert student.read("evidence.txt") == "ours", "It goes on after its end."


@check("A server of the standard library serves files", points=3)
def test_honest(student):
    with student.serve(["python", "-m", "http.server", "$PORT"], ready="/", timeout=4) as server:
        assert "serve(honest)" in server.get("/first.py", timeout=4).expect(200).text, "It is another file."
        assert "GET /first.py" in server.output, "It does not say what it served."


@check("The last words of a server can be read", points=3)
def test_last_words(student, rng):
    with student.serve(["python", "says_goodbye.py"], timeout=4) as server:
        ask(server, rng)
    assert server.stop().succeeded().stdout == "Goodbye\n", "It does not say goodbye."


@check("A server asks the check", points=3)
def test_backend(student, rng):
    backend = student.backend({"POST /double": lambda asked: {"double": 2 * asked.json()["x"]}})
    with student.serve(["python", "asks.py"], env={"BACKEND": backend.url}, timeout=4) as server:
        ask(server, rng)
        ask(server, rng)
    assert backend.count("POST /double") == 2, "It does not ask twice."


@check("Server 00 doubles", points=3)
def test_server_00(student, rng):
    doubles(student, rng, "server_00.py")


@check("Server 01 doubles", points=3)
def test_server_01(student, rng):
    behind(student, rng, "server_01.py")


@check("Server 02 doubles", points=3)
def test_server_02(student, rng):
    doubles(student, rng, "server_02.py")


@check("Server 03 doubles", points=3)
def test_server_03(student, rng):
    behind(student, rng, "server_03.py")


@check("Server 04 doubles", points=3)
def test_server_04(student, rng):
    doubles(student, rng, "server_04.py")


@check("Server 05 doubles", points=3)
def test_server_05(student, rng):
    behind(student, rng, "server_05.py")


@check("Server 06 doubles", points=3)
def test_server_06(student, rng):
    doubles(student, rng, "server_06.py")


@check("Server 07 doubles", points=3)
def test_server_07(student, rng):
    behind(student, rng, "server_07.py")


@check("Server 08 doubles", points=3)
def test_server_08(student, rng):
    doubles(student, rng, "server_08.py")


@check("Server 09 doubles", points=3)
def test_server_09(student, rng):
    behind(student, rng, "server_09.py")


@check("Server 10 doubles", points=3)
def test_server_10(student, rng):
    doubles(student, rng, "server_10.py")


@check("Server 11 doubles", points=3)
def test_server_11(student, rng):
    behind(student, rng, "server_11.py")


@check("Server 12 doubles", points=3)
def test_server_12(student, rng):
    doubles(student, rng, "server_12.py")


@check("Server 13 doubles", points=3)
def test_server_13(student, rng):
    behind(student, rng, "server_13.py")


@check("Server 14 doubles", points=3)
def test_server_14(student, rng):
    doubles(student, rng, "server_14.py")


@check("Server 15 doubles", points=3)
def test_server_15(student, rng):
    behind(student, rng, "server_15.py")


@check("Server 16 doubles", points=3)
def test_server_16(student, rng):
    doubles(student, rng, "server_16.py")


@check("Server 17 doubles", points=3)
def test_server_17(student, rng):
    behind(student, rng, "server_17.py")


@check("Server 18 doubles", points=3)
def test_server_18(student, rng):
    doubles(student, rng, "server_18.py")


@check("Server 19 doubles", points=3)
def test_server_19(student, rng):
    behind(student, rng, "server_19.py")


@check("Server 20 doubles", points=3)
def test_server_20(student, rng):
    doubles(student, rng, "server_20.py")


@check("Server 21 doubles", points=3)
def test_server_21(student, rng):
    behind(student, rng, "server_21.py")


@check("Server 22 doubles", points=3)
def test_server_22(student, rng):
    doubles(student, rng, "server_22.py")


@check("Server 23 doubles", points=3)
def test_server_23(student, rng):
    behind(student, rng, "server_23.py")


@check("Server 24 doubles", points=3)
def test_server_24(student, rng):
    doubles(student, rng, "server_24.py")


@check("Server 25 doubles", points=3)
def test_server_25(student, rng):
    behind(student, rng, "server_25.py")


@check("Server 26 doubles", points=3)
def test_server_26(student, rng):
    doubles(student, rng, "server_26.py")


@check("Server 27 doubles", points=3)
def test_server_27(student, rng):
    behind(student, rng, "server_27.py")


@check("Server 28 doubles", points=3)
def test_server_28(student, rng):
    doubles(student, rng, "server_28.py")


@check("Server 29 doubles", points=3)
def test_server_29(student, rng):
    behind(student, rng, "server_29.py")


@check("Server 30 doubles", points=3)
def test_server_30(student, rng):
    doubles(student, rng, "server_30.py")


@check("Server 31 doubles", points=3)
def test_server_31(student, rng):
    behind(student, rng, "server_31.py")


@check("Server 32 doubles", points=3)
def test_server_32(student, rng):
    doubles(student, rng, "server_32.py")


@check("Server 33 doubles", points=3)
def test_server_33(student, rng):
    behind(student, rng, "server_33.py")


@check("Server 34 doubles", points=3)
def test_server_34(student, rng):
    doubles(student, rng, "server_34.py")


@check("Server 35 doubles", points=3)
def test_server_35(student, rng):
    behind(student, rng, "server_35.py")


@check("Server 36 doubles", points=3)
def test_server_36(student, rng):
    doubles(student, rng, "server_36.py")


@check("Server 37 doubles", points=3)
def test_server_37(student, rng):
    behind(student, rng, "server_37.py")


@check("Server 38 doubles", points=3)
def test_server_38(student, rng):
    doubles(student, rng, "server_38.py")


@check("Server 39 doubles", points=3)
def test_server_39(student, rng):
    behind(student, rng, "server_39.py")
