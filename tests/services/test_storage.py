import hashlib
import io
import os
import subprocess
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from civique.services.storage import FileStore, StorageFull, StoredFile, TooLarge

HELLO = hashlib.sha256(b"bonjour").hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_by_its_content(store: FileStore) -> None:
    stored = store.put("c_05157", io.BytesIO(b"bonjour"), 100)
    assert stored == StoredFile(HELLO, 7)
    assert store.path("c_05157", HELLO) == store.root / "c_05157" / HELLO[:2] / HELLO
    with store.open("c_05157", HELLO) as file:
        assert file.read() == b"bonjour"


def test_the_same_content_is_kept_once_in_each_space(store: FileStore) -> None:
    for space in ("one", "one", "two"):
        assert store.put(space, io.BytesIO(b"bonjour"), 7).sha256 == HELLO
    assert len(everything(store.root)) == 2
    store.delete("one", HELLO)
    store.delete("one", HELLO)
    with pytest.raises(FileNotFoundError):
        store.open("one", HELLO)
    assert store.open("two", HELLO).read() == b"bonjour"


def test_a_space_is_listed_and_deleted_alone(store: FileStore) -> None:
    for number in range(20):
        store.put("one", io.BytesIO(str(number).encode()), 10)
    store.put("two", io.BytesIO(b"bonjour"), 10)
    listed = list(store.iter_space("one"))
    assert len(listed) == 20
    assert listed == sorted(listed, key=lambda file: file.sha256)
    store.delete_space("one")
    store.delete_space("one")
    assert list(store.iter_space("one")) == []
    assert list(store.iter_space("two")) == [StoredFile(HELLO, 7)]
    assert [path.name for path in store.root.iterdir()] == ["two"]


def test_an_interrupted_deletion_is_finished_by_the_next(store: FileStore) -> None:
    store.put("one", io.BytesIO(b"old"), 10)
    (store.root / "one").rename(store.root / ".deleted-one")
    store.put("one", io.BytesIO(b"new"), 10)
    store.delete_space("one")
    assert list(store.root.iterdir()) == []


@pytest.mark.parametrize("space", ["", "..", ".", "a/b", "../a", "A", "é", "a\n", "a" * 64, ".deleted-a", "/tmp"])
def test_a_space_cannot_lead_elsewhere(store: FileStore, space: str) -> None:
    with pytest.raises(ValueError, match="space"):
        store.put(space, io.BytesIO(b"x"), 10)
    with pytest.raises(ValueError, match="space"):
        store.delete_space(space)
    with pytest.raises(ValueError, match="space"):
        list(store.iter_space(space))


@pytest.mark.parametrize("sha256", ["", "..", "../../etc/passwd", HELLO.upper(), HELLO[:-1], HELLO + "\n", HELLO + "0"])
def test_a_digest_cannot_lead_elsewhere(store: FileStore, sha256: str) -> None:
    for method in (store.path, store.open, store.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            method("one", sha256)


def test_what_is_too_large_leaves_nothing(store: FileStore) -> None:
    assert store.put("one", io.BytesIO(b"x" * 100_000), 100_000).size == 100_000
    with pytest.raises(TooLarge):
        store.put("one", io.BytesIO(b"y" * 100_001), 100_000)
    assert len(everything(store.root)) == 1


def test_an_interrupted_upload_leaves_nothing(store: FileStore) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        store.put("one", Broken(b"x" * 100_000), 1_000_000)
    assert everything(store.root) == []


def test_memory_does_not_grow_with_the_file(store: FileStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    try:
        with source.open("rb") as stream:
            store.put("one", stream, 100_000_000)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_two_uploads_of_the_same_file_at_once(store: FileStore) -> None:
    content = os.urandom(1_000_000)
    results: list[StoredFile] = []
    threads = [
        threading.Thread(target=lambda: results.append(store.put("one", io.BytesIO(content), 2_000_000)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len(set(results)) == 1
    assert len(everything(store.root)) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_partial(small_disk: Path) -> None:
    store = FileStore(small_disk)
    kept = store.put("one", io.BytesIO(b"x" * 500_000), 10_000_000)
    with pytest.raises(StorageFull):
        store.put("one", io.BytesIO(b"y" * 5_000_000), 10_000_000)
    assert list(store.iter_space("one")) == [kept]
    assert len(everything(small_disk)) == 1
    assert store.put("one", io.BytesIO(b"z" * 100_000), 10_000_000).size == 100_000, "it goes on by itself"
