import pytest

from mlops_project.model import Model


class TestModel:
    def test_shape(self):
        assert len(Model().forward([0.5] * 16)) == 10

    def test_error_on_wrong_shape(self):
        with pytest.raises(ValueError, match="Expected 16 pixels"):
            Model().forward([0.5] * 3)
