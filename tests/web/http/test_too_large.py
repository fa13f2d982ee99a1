"""Any POST over the limit: a page, and nothing stored."""

import io

import pytest

from tests.cast import add_record


class Watched(io.BytesIO):
    """A body that remembers how much of it was read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self.taken = size, 0

    def read(self, amount: int = -1) -> bytes:
        amount = self.size - self.taken if amount < 0 else min(amount, self.size - self.taken)
        self.taken += amount
        return b"x" * amount


def post(client, address: str, size: int):
    body = Watched(size)
    answer = client.http.post(
        address,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(size)},
    )
    return answer, body.taken


def test_answers_with_a_page_after_reading_it_away(client, world):
    record = add_record()
    client.sign_in(world.ana)
    answer, taken = post(client, f"/confirmations/2020-12/records/{record.id}", 2 * 1024 * 1024)

    assert (answer.status_code, taken) == (413, 2 * 1024 * 1024)
    assert "по-голямо от допустимото" in answer.get_data(as_text=True)


def test_reads_at_most_twenty_megabytes(client, world):
    record = add_record()
    client.sign_in(world.ana)
    answer, taken = post(client, f"/confirmations/2020-12/records/{record.id}", 200 * 1024 * 1024)

    assert answer.status_code == 413
    assert taken <= 20 * 1024 * 1024


def test_one_whose_login_ended_is_sent_to_the_login_and_not_cut_off(client, world):
    record = add_record()
    answer, taken = post(client, f"/confirmations/2020-12/records/{record.id}", 3 * 1024 * 1024)

    assert (answer.status_code, taken) == (303, 3 * 1024 * 1024)


@pytest.mark.parametrize(("who", "status"), [("ana", 413), ("nora", 413), ("oleg", 400)])
def test_only_the_operator_may_send_a_large_file(client, world, who, status):
    """The operator's comes as far as the form's token, which is not in it."""
    client.sign_in(getattr(world, who))
    answer, _ = post(client, "/campaigns/load", 3 * 1024 * 1024)

    assert answer.status_code == status
