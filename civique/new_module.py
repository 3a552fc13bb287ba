"""``civique module new``: a module that works, copied from the skeleton under another name; then one fills in."""

import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from civique.catalogues import Owner, french, update_one
from civique.core.config import ROOT
from civique.core.folding import slugify

SKELETON, PATH, PREFIX, LABEL, FRENCH = "skeleton", "squelette", "SKE", "Equipment loans", "Prêt de matériel"
"""What the skeleton is called; each of them is a word that it says of nothing else."""
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 20
RESERVED = {SKELETON, "apex", "core", "many", "modules", "other", "platform", "sample", "web"}
IN_NO_LABEL = set('"\\%{}\n:;?!«»')
PREFIXES = re.compile(r'(?:prefix=|session, )"([A-Z]{2,8})"')


class NotMade(ValueError):
    """Nothing was written; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class NewModule:
    """A module to be made.

    Args:
        label: as the catalogue of modules shows it, in English; ``french`` is its French.
    """

    name: str
    label: str
    french: str

    @property
    def path(self) -> str:
        """First part of the addresses that residents see: the French label."""
        return slugify(self.french)

    @cached_property
    def prefix(self) -> str:
        """First letters of the references of its requests: three of its name, or more when they are taken."""
        letters, taken = re.sub(r"[^A-Z]", "", self.name.upper()), set(PREFIXES.findall(self._sources))
        return next((letters[:n] for n in range(3, 9) if letters[:n] not in taken), "")

    @cached_property
    def _sources(self) -> str:
        return "\n".join(path.read_text() for path in (ROOT / "civique").rglob("*.py"))

    @property
    def folders(self) -> dict[Path, Path]:
        """What is copied, and where to."""
        return {
            ROOT / "civique" / SKELETON: ROOT / "civique" / "modules" / self.name,
            ROOT / "templates" / SKELETON: ROOT / "templates" / self.name,
            ROOT / "migrations" / "tenant" / SKELETON: ROOT / "migrations" / "tenant" / self.name,
            ROOT / "tests" / "modules" / SKELETON: ROOT / "tests" / "modules" / self.name,
        }

    def check(self) -> None:
        """Whether it can be made.

        Raises:
            NotMade: it cannot.
        """
        if not NAME.fullmatch(self.name) or len(self.name) > LONGEST or keyword.iskeyword(self.name):
            raise NotMade(f"« {self.name} » is no name of a module: small letters, digits and _, {LONGEST} at most.")
        if self.name in RESERVED or any(folder.exists() for folder in self.folders.values()):
            raise NotMade(f"« {self.name} » is taken. Choose another name.")
        if IN_NO_LABEL & set(self.label + self.french):
            raise NotMade("A label is a few words: no quotation mark, and no punctuation but commas and apostrophes.")
        known = french().get((self.label, None), self.french)
        if known != self.french:
            raise NotMade(f"« {self.label} » is « {known} » in French already. Choose another label, or this French.")
        if re.search(rf'Blueprint\(\s*"{self.name}(_desk)?"', self._sources):
            raise NotMade(f"The house has pages called « {self.name} » already. Choose another name.")
        if re.search(rf'"(/mairie)?/{self.path}[/"]', self._sources):
            raise NotMade(f"The address /{self.path} is taken. Choose another French label.")
        if not self.prefix:
            raise NotMade(f"References of « {self.name} » would begin as those of others. Choose another name.")

    def renamed(self, text: str) -> str:
        """A text of the skeleton, as this module says it."""
        for old, new in (
            (f"civique.{SKELETON}", f"civique.modules.{self.name}"),
            (SKELETON.capitalize(), "".join(part.capitalize() for part in self.name.split("_"))),
            (SKELETON, self.name),
            (PATH, self.path),
            (PREFIX, self.prefix),
            (LABEL, self.label),
            (_inside(LABEL), _inside(self.label)),
            (FRENCH, self.french),
            (_inside(FRENCH), _inside(self.french)),
        ):
            text = text.replace(old, new)
        return text

    def write(self) -> list[Path]:
        """Write the module, formatted when the tools of developers are there.

        Returns:
            The files, folder by folder.

        Raises:
            NotMade: as :meth:`check`; nothing is written then.
        """
        self.check()
        written = [self._copy(file, here, there) for here, there in self.folders.items() for file in _files(here)]
        update_one(Owner(ROOT / "civique" / "modules" / self.name, ()))
        _format([path for path in written if path.suffix == ".py"])
        return written

    def _copy(self, file: Path, here: Path, there: Path) -> Path:
        new, text = there / self.renamed(str(file.relative_to(here))), self.renamed(file.read_text())
        if file.name == "routes.txt":
            text = "\n".join(sorted(text.splitlines())) + "\n"
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text)
        return new


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder of the skeleton, without what programs leave there."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def _inside(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]


def _format(files: list[Path]) -> None:
    """Names of another length change the order of imports and where lines break."""
    program = Path(sys.executable).with_name("ruff")
    if program.exists():
        for arguments in (("check", "--fix", "--quiet"), ("format", "--quiet")):
            subprocess.run([program, *arguments, *files], cwd=ROOT, check=False)


def make(name: str, label: str, french_label: str) -> str:
    """Make a module, and say what was written and what comes next.

    Args:
        label: made of the name when it is empty.
        french_label: what the label is in French already when it is empty, else the label.

    Raises:
        NotMade: as :meth:`NewModule.check`.
    """
    label = label or name.replace("_", " ").capitalize()
    words = french_label or str(french().get((label, None), label))
    written = NewModule(name, label, words.replace("'", "’")).write()
    return "\n".join(
        (
            *(str(path.relative_to(ROOT)) for path in written),
            f"\n« {label} » is a module: {len(written)} new files, nothing else was changed. What comes next:",
            f"  make test MODULE={name}",
            "  make run, then switch it on at /mairie/reglages/modules",
            f"  fill in civique/modules/{name}: docs/modules.md says what each file holds and what the house offers",
        )
    )
