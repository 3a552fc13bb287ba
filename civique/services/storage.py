"""Files kept by their content: the same bytes are kept once in each space, and never change."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import IO, BinaryIO

CHUNK = 65_536
SPACE = re.compile(r"[a-z0-9_]{1,63}")
SHA256 = re.compile(r"[0-9a-f]{64}")
DRAFTS = ".drafts"
RESULTS = ".results"
RESULT = re.compile(r"[0-9a-f]{32}")


class TooLarge(ValueError):
    """The content is longer than what the caller accepts."""


class StorageFull(OSError):
    """The disk, or the quota, is full. Nothing partial is left."""


@dataclass(frozen=True)
class StoredFile:
    """A file in a space: the SHA-256 of its content, in hexadecimal, and its size in bytes."""

    sha256: str
    size: int


class FileStore:
    """Keeps files under `<root>/<space>/<first two digits>/<sha256>`; a space belongs to one tenant."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, space: str, stream: BinaryIO, max_bytes: int) -> StoredFile:
        """Keep what `stream` gives, whole and on the disk when this returns; twice the same content is no error.

        Raises TooLarge above `max_bytes`, StorageFull when there is no room, ValueError for a bad name of space.
        """
        with _full_disk_said(), self._draft(space) as draft:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise TooLarge(f"More than {max_bytes} bytes")
                digest.update(chunk)
                draft.write(chunk)
            draft.flush()
            os.fsync(draft.fileno())
            stored = StoredFile(digest.hexdigest(), size)
            target = self.path(space, stored.sha256)
            target.parent.mkdir(exist_ok=True)
            # Also when the same content is there already: its new date keeps it from being swept before the commit.
            Path(draft.name).replace(target)
            for folder in (target.parent, target.parent.parent, self.root):
                _sync(folder)
        return stored

    def open(self, space: str, sha256: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError when there is none, ValueError for a bad name."""
        return self.path(space, sha256).open("rb")

    def path(self, space: str, sha256: str) -> Path:
        """Return where a file is, or would be. Raises ValueError for a bad name."""
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"Not a SHA-256: {sha256!r}")
        return self._space(space) / sha256[:2] / sha256

    def delete(self, space: str, sha256: str, before: float = inf) -> None:
        """Delete a file, if it was last written before a moment (seconds of the epoch); no error when there is none.

        Raises ValueError for a bad name.
        """
        path = self.path(space, sha256)
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()

    def delete_space(self, space: str) -> None:
        """Delete every file of a space, which disappears at once; no error when there is none."""
        folder = self._space(space)
        # A dot is in no name of space. One by one: an earlier deletion may have been interrupted.
        deleted = folder.with_name(f".deleted-{space}")
        shutil.rmtree(deleted, ignore_errors=True)
        with suppress(FileNotFoundError):
            folder.rename(deleted)
            shutil.rmtree(deleted)

    def iter_space(self, space: str) -> Iterator[StoredFile]:
        """Yield the files of a space, sorted by SHA-256."""
        for folder in sorted(self._space(space).glob("[0-9a-f][0-9a-f]")):
            for file in sorted(folder.iterdir()):
                yield StoredFile(file.name, file.stat().st_size)

    def result(self, space: str, name: str) -> Path:
        """Return where the result of a long work (an archive) is, or would be. It is not one of the space's files: it is in
        no list of them, and goes with the space. Write it beside, under another name, then rename.

        Raises ValueError for a bad name of space, or a name that is not 32 hexadecimal digits.
        """
        if not RESULT.fullmatch(name):
            raise ValueError(f"Not a name of result: {name!r}")
        folder = self._space(space) / RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def sweep(self, space: str, keep: Container[str], before: float) -> list[str]:
        """Delete what nothing refers to: files and results whose name is not kept, drafts; only what was written before a
        moment (seconds of the epoch), for what is younger may be in a transaction that is not committed yet.

        Return the names of the files and results deleted.
        """
        folder = self._space(space)
        gone = []
        for pattern in ("[0-9a-f][0-9a-f]/*", f"{RESULTS}/*", f"{DRAFTS}/*"):
            for file in sorted(folder.glob(pattern)):
                with suppress(FileNotFoundError):
                    if file.name not in keep and file.stat().st_mtime < before:
                        file.unlink()
                        gone.append(file.name)
        return gone

    def _space(self, space: str) -> Path:
        if not SPACE.fullmatch(space):
            raise ValueError(f"Not a name of space: {space!r}")
        return self.root / space

    @contextmanager
    def _draft(self, space: str) -> Iterator[IO[bytes]]:
        """Give a file of the same file system, removed at the end unless it was moved."""
        drafts = self._space(space) / DRAFTS
        drafts.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=drafts, delete=False) as draft:
            try:
                yield draft
            finally:
                Path(draft.name).unlink(missing_ok=True)


@contextmanager
def _full_disk_said() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(error.errno, "No room is left for files") from error
        raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
