"""What is told of files."""

from dataclasses import dataclass

from civique.core.documents.models import StoredFile


@dataclass(frozen=True)
class FileRead:
    """An agent opens a file that asks a permission, which they have. The module that keeps it may leave a trace."""

    file: StoredFile
