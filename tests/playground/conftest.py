"""The modules of the live figures, loaded once: the fixture `script`."""

import pytest

from tests.playground.node import Node


@pytest.fixture(scope="session")
def script(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("modules"))
    yield node
    node.close()
