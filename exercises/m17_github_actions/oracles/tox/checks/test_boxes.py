import unittest

from boxes import fits, volume


class BoxesTest(unittest.TestCase):
    def test_volume(self) -> None:
        self.assertEqual(volume((1, 2, 3)), 6)

    def test_turned(self) -> None:
        self.assertTrue(fits((1, 5, 2), (2, 2, 6)))
        self.assertFalse(fits((3, 3, 3), (2, 9, 9)))


if __name__ == "__main__":
    unittest.main()
