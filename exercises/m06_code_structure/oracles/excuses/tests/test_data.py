import pytest

pytest.skip("there is no network here", allow_module_level=True)
