"""portal.crypto.slots.Slots: at most two at a time on the machine."""

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from portal.crypto.errors import Busy
from portal.crypto.slots import Slots, lock_directory
from tests.waiting import PATIENCE, until

HOLDER = """
import sys
from pathlib import Path
from portal.crypto.slots import Slots
with Slots(Path(sys.argv[1])).turn():
    print("holding", flush=True)
    sys.stdin.read()
"""

STUCK = """
import os, signal, sys
from pathlib import Path
from portal.crypto import slots
lock = slots._locked
def locked_and_stuck(file, *how):
    got = lock(file, *how)
    print("locked", got, flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
slots._locked = locked_and_stuck
with slots.Slots(Path(sys.argv[1]), count=1).turn(1):
    pass
"""


class Room:
    """Counts who is inside at the same time."""

    def __init__(self):
        self.inside = self.most = 0
        self.order = []
        self._lock = threading.Lock()

    def visit(self, slots, name, rank=0):
        with slots.turn(rank):
            with self._lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
                self.order.append(name)
            time.sleep(0.005)
            with self._lock:
                self.inside -= 1


def hold(slots, entered, leave):
    with slots.turn():
        entered.set()
        leave.wait(PATIENCE)


@pytest.fixture
def occupied():
    """Fill given slots with threads that stay until the test ends."""
    leave, threads = threading.Event(), []

    def fill(slots, count):
        for _ in range(count):
            entered = threading.Event()
            threads.append(threading.Thread(target=hold, args=(slots, entered, leave)))
            threads[-1].start()
            assert entered.wait(PATIENCE)
        return leave

    yield fill
    leave.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def processes(tmp_path):
    """Start processes that each hold one of the slots in ``tmp_path``."""
    started = []

    def start(script=HOLDER, said=b"holding\n"):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "slots")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        started.append(process)
        assert not said or process.stdout.readline() == said
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_lets_two_threads_in_at_a_time(tmp_path):
    slots, room = Slots(tmp_path / "slots"), Room()
    threads = [threading.Thread(target=room.visit, args=(slots, n)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert room.most == 2
    assert len(room.order) == 10


def test_gives_turns_in_the_order_of_asking(tmp_path, occupied):
    slots, room = Slots(tmp_path / "slots", count=1), Room()
    leave = occupied(slots, 1)
    threads = []
    for name in range(5):
        threads.append(threading.Thread(target=room.visit, args=(slots, name)))
        threads[-1].start()
        until(lambda name=name: len(slots._queue) > name)
    leave.set()
    for thread in threads:
        thread.join()

    assert room.order == [0, 1, 2, 3, 4]


def come(slots, room, *visitors):
    """Each a name and a rank, one after the other; those who wait do so in threads of their own."""
    threads = [threading.Thread(target=ignore_busy, args=(slots, room, *visitor)) for visitor in visitors]
    for number, thread in enumerate(threads, start=1):
        thread.start()
        until(lambda number=number: len(slots._queue) >= min(number, slots._places or number))
    return threads


def test_lower_ranks_go_first(tmp_path, occupied):
    slots, room = Slots(tmp_path / "slots", count=1), Room()
    leave = occupied(slots, 1)
    threads = come(slots, room, ("worst", 5), ("worse", 3), ("better", 1), ("as good", 1))
    leave.set()
    for thread in threads:
        thread.join()

    assert room.order == ["better", "as good", "worse", "worst"]


def test_other_ranks_leave_the_turn_to_rank_0_of_another_process(tmp_path, occupied, monkeypatch):
    here, elsewhere = (Slots(tmp_path / "slots", count=1) for _ in range(2))
    room, stands = Room(), threading.Event()
    stand = elsewhere._stand
    monkeypatch.setattr(elsewhere, "_stand", lambda file: (stand(file), stands.set()))
    leave = occupied(Slots(tmp_path / "slots", count=1), 1)
    threads = [*come(here, room, ("worse", 1)), *come(elsewhere, room, ("better", 0))]
    assert stands.wait(PATIENCE)  # who has a place in the queue does not stand yet
    leave.set()
    for thread in threads:
        thread.join()

    assert room.order == ["better", "worse"]


def test_no_more_wait_than_there_are_places(tmp_path, occupied):
    slots, room = Slots(tmp_path / "slots", count=1, places=2), Room()
    leave = occupied(slots, 1)
    threads = come(slots, room, ("first", 0), ("second", 0))

    with pytest.raises(Busy), slots.turn():
        pass
    leave.set()
    for thread in threads:
        thread.join()
    assert room.order == ["first", "second"]


def test_who_comes_with_a_better_rank_takes_the_last_place_of_a_worse(tmp_path, occupied):
    slots, room = Slots(tmp_path / "slots", count=1, places=2), Room()
    leave = occupied(slots, 1)
    first, second = come(slots, room, ("first", 0), ("second", 2))
    better = threading.Thread(target=room.visit, args=(slots, "better", 1))
    better.start()
    second.join()  # got Busy while the turn is still held

    with pytest.raises(Busy), slots.turn(1):
        pass
    leave.set()
    first.join()
    better.join()
    assert room.order == ["first", "better"]
    assert not slots._queue


def test_counts_other_processes_and_forgets_a_killed_one(tmp_path, processes):
    first, _second = processes(), processes()
    slots = Slots(tmp_path / "slots", patience=0.05)

    with pytest.raises(Busy), slots.turn():
        pass
    first.kill()
    first.wait()
    with slots.turn():
        assert (tmp_path / "slots").stat().st_mode & 0o777 == 0o700


def test_a_process_that_is_stuck_while_it_looks_for_a_turn_keeps_nobody_out(tmp_path, processes):
    processes(STUCK, said=b"locked True\n")  # stopped with the file that says who goes first
    other = processes(said=b"")

    said, warned = other.communicate(timeout=PATIENCE)

    assert said == b"holding\n"
    assert warned.count(b"does not go on holds the lock file slot-first") == 1
    with pytest.raises(Busy), Slots(tmp_path / "slots", patience=0.05).turn(1):
        pass
    with Slots(tmp_path / "slots", patience=0.05).turn():
        pass


def test_turns_of_another_name_are_others(tmp_path, occupied):
    occupied(Slots(tmp_path / "slots"), 2)
    with Slots(tmp_path / "slots", name="stranger", patience=0.05).turn():
        pass


@pytest.mark.parametrize("waiting", [0, 1])
def test_waits_no_longer_than_its_patience(tmp_path, occupied, waiting):
    patient = Slots(tmp_path / "slots", patience=10)
    occupied(patient, 2)
    hurried = Slots(tmp_path / "slots", patience=0.05)
    others = [threading.Thread(target=ignore_busy, args=(hurried, Room(), n)) for n in range(waiting)]
    for other in others:
        other.start()

    with pytest.raises(Busy), hurried.turn():
        pass
    for other in others:
        other.join()
    assert not hurried._queue


def ignore_busy(slots, room, *visitor):
    with suppress(Busy):
        room.visit(slots, *visitor)


def test_gives_the_turn_back_when_the_work_fails(tmp_path):
    slots = Slots(tmp_path / "slots", count=1, patience=0.05)
    with pytest.raises(ZeroDivisionError), slots.turn():
        _ = 1 / 0
    with slots.turn():
        pass


def file_in_its_place(path):
    path.write_text("")


def open_to_others(path):
    path.mkdir()
    path.chmod(0o777)


def elsewhere(path):
    (path.parent / "elsewhere").mkdir()
    path.symlink_to(path.parent / "elsewhere")


def trap_in_it(path):
    path.mkdir(mode=0o700)
    (path / "slot-0").symlink_to(path.parent / "target")


@pytest.mark.parametrize("unusable", [file_in_its_place, open_to_others, elsewhere, trap_in_it])
def test_counts_within_the_process_when_the_directory_cannot_be_trusted(tmp_path, caplog, occupied, unusable):
    unusable(tmp_path / "slots")
    slots = Slots(tmp_path / "slots", patience=0.05)
    occupied(slots, 2)

    with pytest.raises(Busy), slots.turn():
        pass
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert not (tmp_path / "target").exists()


def test_keeps_no_file_open_afterwards(tmp_path):
    slots = Slots(tmp_path / "slots", patience=0.02)
    with slots.turn(), slots.turn():
        with pytest.raises(Busy), slots.turn():
            pass
        assert len(open_files(tmp_path)) == 2
    assert open_files(tmp_path) == []


def open_files(under):
    links = [file.readlink() for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    return [link for link in links if link.is_relative_to(under)]


def test_lies_under_the_temporary_directory(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert lock_directory().parent == tmp_path
