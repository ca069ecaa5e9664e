import os

_TEST_ROOT = os.path.dirname(__file__)  # root of test folder
