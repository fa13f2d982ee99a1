"""portal.crypto.files.new_file: whole or not there, and never over another one."""

import errno
from pathlib import Path

import pytest

from portal.crypto.files import new_file


def test_is_there_once_it_is_whole_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "new"

    with new_file(path) as stream:
        stream.write(b"content")
        assert not path.exists()

    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["new"]


def test_nothing_is_left_of_what_failed(tmp_path):
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "new"):
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_refuses_a_name_that_is_taken(tmp_path):
    path = tmp_path / "taken"
    path.write_bytes(b"older")

    with pytest.raises(FileExistsError), new_file(path):
        pytest.fail("nobody is let write")

    assert path.read_bytes() == b"older"


@pytest.mark.parametrize("refused", [None, errno.EPERM, errno.EOPNOTSUPP])
def test_the_faster_of_two_keeps_the_name_also_without_links(tmp_path, monkeypatch, refused):
    """As on a stick with exFAT."""
    path = tmp_path / "new"
    if refused:
        monkeypatch.setattr(Path, "hardlink_to", _refusing(refused))

    with new_file(path) as stream:
        stream.write(b"first")
        with pytest.raises(FileExistsError), new_file(path) as second:
            second.write(b"second")
            path.write_bytes(b"in between")
        path.unlink()

    assert path.read_bytes() == b"first"
    assert [file.name for file in tmp_path.iterdir()] == ["new"]


def _refusing(code: int):
    def hardlink_to(self, target):
        raise OSError(code, "not here")

    return hardlink_to
