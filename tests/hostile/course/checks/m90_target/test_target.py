"""Forty checks of one kind: an attack lies in one slot, its honest twin in the next.

The task is to treble a number. Each check first looks for what an earlier one left behind, as the students' user.
"""

from grader.suite import check, values
from grader.suite.student.remote import expect

from ..common.leftovers import leftovers
from ._common import FACTOR


def trebles(student, rng, path):
    """The hidden input is random; the expected value never leaves this process."""
    found = leftovers(student)
    assert not found, f"Left behind by an earlier check: {', '.join(found)}"
    numbers = [rng.randrange(10**6, 10**7) for _ in range(3)]
    expected = [FACTOR * number for number in numbers]
    treble = student.load(path).treble
    for answer, wanted in zip(values([treble(number) for number in numbers]), expected, strict=True):
        expect(answer, int, path)
        assert answer == wanted, "It is not three times the number."


@check("Slot 00 trebles", points=3, hint="Multiply by three.")
def test_slot_00(student, rng):
    trebles(student, rng, "slot_00.py")


@check("Slot 01 trebles", points=3, hint="Multiply by three.")
def test_slot_01(student, rng):
    trebles(student, rng, "slot_01.py")


@check("Slot 02 trebles", points=3, hint="Multiply by three.")
def test_slot_02(student, rng):
    trebles(student, rng, "slot_02.py")


@check("Slot 03 trebles", points=3, hint="Multiply by three.")
def test_slot_03(student, rng):
    trebles(student, rng, "slot_03.py")


@check("Slot 04 trebles", points=3, hint="Multiply by three.")
def test_slot_04(student, rng):
    trebles(student, rng, "slot_04.py")


@check("Slot 05 trebles", points=3, hint="Multiply by three.")
def test_slot_05(student, rng):
    trebles(student, rng, "slot_05.py")


@check("Slot 06 trebles", points=3, hint="Multiply by three.")
def test_slot_06(student, rng):
    trebles(student, rng, "slot_06.py")


@check("Slot 07 trebles", points=3, hint="Multiply by three.")
def test_slot_07(student, rng):
    trebles(student, rng, "slot_07.py")


@check("Slot 08 trebles", points=3, hint="Multiply by three.")
def test_slot_08(student, rng):
    trebles(student, rng, "slot_08.py")


@check("Slot 09 trebles", points=3, hint="Multiply by three.")
def test_slot_09(student, rng):
    trebles(student, rng, "slot_09.py")


@check("Slot 10 trebles", points=3, hint="Multiply by three.")
def test_slot_10(student, rng):
    trebles(student, rng, "slot_10.py")


@check("Slot 11 trebles", points=3, hint="Multiply by three.")
def test_slot_11(student, rng):
    trebles(student, rng, "slot_11.py")


@check("Slot 12 trebles", points=3, hint="Multiply by three.")
def test_slot_12(student, rng):
    trebles(student, rng, "slot_12.py")


@check("Slot 13 trebles", points=3, hint="Multiply by three.")
def test_slot_13(student, rng):
    trebles(student, rng, "slot_13.py")


@check("Slot 14 trebles", points=3, hint="Multiply by three.")
def test_slot_14(student, rng):
    trebles(student, rng, "slot_14.py")


@check("Slot 15 trebles", points=3, hint="Multiply by three.")
def test_slot_15(student, rng):
    trebles(student, rng, "slot_15.py")


@check("Slot 16 trebles", points=3, hint="Multiply by three.")
def test_slot_16(student, rng):
    trebles(student, rng, "slot_16.py")


@check("Slot 17 trebles", points=3, hint="Multiply by three.")
def test_slot_17(student, rng):
    trebles(student, rng, "slot_17.py")


@check("Slot 18 trebles", points=3, hint="Multiply by three.")
def test_slot_18(student, rng):
    trebles(student, rng, "slot_18.py")


@check("Slot 19 trebles", points=3, hint="Multiply by three.")
def test_slot_19(student, rng):
    trebles(student, rng, "slot_19.py")


@check("Slot 20 trebles", points=3, hint="Multiply by three.")
def test_slot_20(student, rng):
    trebles(student, rng, "slot_20.py")


@check("Slot 21 trebles", points=3, hint="Multiply by three.")
def test_slot_21(student, rng):
    trebles(student, rng, "slot_21.py")


@check("Slot 22 trebles", points=3, hint="Multiply by three.")
def test_slot_22(student, rng):
    trebles(student, rng, "slot_22.py")


@check("Slot 23 trebles", points=3, hint="Multiply by three.")
def test_slot_23(student, rng):
    trebles(student, rng, "slot_23.py")


@check("Slot 24 trebles", points=3, hint="Multiply by three.")
def test_slot_24(student, rng):
    trebles(student, rng, "slot_24.py")


@check("Slot 25 trebles", points=3, hint="Multiply by three.")
def test_slot_25(student, rng):
    trebles(student, rng, "slot_25.py")


@check("Slot 26 trebles", points=3, hint="Multiply by three.")
def test_slot_26(student, rng):
    trebles(student, rng, "slot_26.py")


@check("Slot 27 trebles", points=3, hint="Multiply by three.")
def test_slot_27(student, rng):
    trebles(student, rng, "slot_27.py")


@check("Slot 28 trebles", points=3, hint="Multiply by three.")
def test_slot_28(student, rng):
    trebles(student, rng, "slot_28.py")


@check("Slot 29 trebles", points=3, hint="Multiply by three.")
def test_slot_29(student, rng):
    trebles(student, rng, "slot_29.py")


@check("Slot 30 trebles", points=3, hint="Multiply by three.")
def test_slot_30(student, rng):
    trebles(student, rng, "slot_30.py")


@check("Slot 31 trebles", points=3, hint="Multiply by three.")
def test_slot_31(student, rng):
    trebles(student, rng, "slot_31.py")


@check("Slot 32 trebles", points=3, hint="Multiply by three.")
def test_slot_32(student, rng):
    trebles(student, rng, "slot_32.py")


@check("Slot 33 trebles", points=3, hint="Multiply by three.")
def test_slot_33(student, rng):
    trebles(student, rng, "slot_33.py")


@check("Slot 34 trebles", points=3, hint="Multiply by three.")
def test_slot_34(student, rng):
    trebles(student, rng, "slot_34.py")


@check("Slot 35 trebles", points=3, hint="Multiply by three.")
def test_slot_35(student, rng):
    trebles(student, rng, "slot_35.py")


@check("Slot 36 trebles", points=3, hint="Multiply by three.")
def test_slot_36(student, rng):
    trebles(student, rng, "slot_36.py")


@check("Slot 37 trebles", points=3, hint="Multiply by three.")
def test_slot_37(student, rng):
    trebles(student, rng, "slot_37.py")


@check("Slot 38 trebles", points=3, hint="Multiply by three.")
def test_slot_38(student, rng):
    trebles(student, rng, "slot_38.py")


@check("Slot 39 trebles", points=3, hint="Multiply by three.")
def test_slot_39(student, rng):
    trebles(student, rng, "slot_39.py")
