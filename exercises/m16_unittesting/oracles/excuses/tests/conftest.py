import pytest


@pytest.fixture(autouse=True)
def tracking():
    raise ConnectionError("HTTPSConnectionPool(host='api.wandb.ai', port=443): Max retries exceeded: Name or service not known")
