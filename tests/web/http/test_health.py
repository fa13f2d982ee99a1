"""GET /healthz and /readyz"""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.storage.tables.db import db
from tests.actions.qualified.signed import BOTH, authority
from tests.cast import NOW


@pytest.fixture
def trust_dir(tmp_path):
    return authority().write(tmp_path / "trust")


@pytest.fixture
def config(config, trust_dir):
    return replace(config, trust_dir=trust_dir, signatures=BOTH)


def test_says_ok_while_the_process_serves(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.data) == (200, b"ok")


def test_is_ready_with_a_migrated_database(client):
    assert client.get("/readyz").status_code == 200


def test_is_not_ready_before_every_migration_ran(client):
    db.execute_sql("DELETE FROM schema_migration")

    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("age", [None, timedelta(hours=25)], ids=["none", "old"])
def test_is_not_ready_while_signatures_would_wait_for_a_list(client, trust_dir, age):
    month = (
        [] if age is None else [authority().crl(this_update=NOW - age, next_update=NOW + timedelta(days=9))]
    )
    authority().write(trust_dir, *month, fresh=False)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.data == (
        b"lists of revoked certificates are missing or too old, of 1 issuer(s): run portal trust check"
    )


class TestWherePasswordsCountAlone:
    @pytest.fixture
    def config(self, config):
        return replace(config, signatures=frozenset({"password"}))

    def test_is_ready_without_lists(self, client, trust_dir):
        authority().write(trust_dir, fresh=False)

        assert client.get("/readyz").status_code == 200
