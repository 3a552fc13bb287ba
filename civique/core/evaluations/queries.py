"""Reading evaluations: years with what is written of them, and their figures, frozen, typed or counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select

from civique.core.evaluations.declarations import Evaluated, Figures
from civique.core.evaluations.models import Evaluation
from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import Manifest
from civique.core.registry import modules
from civique.core.search import Described, SearchKind
from tenants.session import TenantSession


@dataclass(frozen=True)
class EvaluatedYear:
    """A year of a module, and what is written of it if anything is; ``on`` says whether the module is on."""

    manifest: Manifest
    declared: Evaluated
    year: int
    evaluation: Evaluation | None
    on: bool

    @property
    def title(self) -> str:
        """« Fonds d’initiative citoyenne : évaluation 2026 »."""
        return _("%(module)s: evaluation of %(year)s", module=self.manifest.label, year=self.year)

    @property
    def published(self) -> bool:
        """Whether everybody may read it."""
        return self.evaluation is not None and self.evaluation.published_at is not None


def evaluated() -> Iterator[tuple[Manifest, Evaluated]]:
    """The modules of this deployment that give account of their years, on or off."""
    return ((manifest, manifest.evaluated) for manifest in modules() if manifest.evaluated is not None)


def find_module(code: str) -> tuple[Manifest, Evaluated] | None:
    """The module that has a name in addresses."""
    return next((found for found in evaluated() if found[1].code == code), None)


def is_on(session: TenantSession, manifest: Manifest) -> bool:
    """Whether the commune has switched a module on."""
    return manifest.name in session.tenant.modules


def evaluation_of(session: TenantSession, module: str, year: int) -> Evaluation | None:
    """What is written of a year of a module."""
    return session.scalars(select(Evaluation).filter_by(module=module, year=year)).one_or_none()


def find_year(session: TenantSession, code: str, year: int) -> EvaluatedYear | None:
    """A year of a module. Of one that is off, only the years of which something is written."""
    known = find_module(code)
    if known is None:
        return None
    manifest, declared = known
    evaluation, on = evaluation_of(session, manifest.name, year), is_on(session, manifest)
    if evaluation is None and not (on and year in declared.years(session)):
        return None
    return EvaluatedYear(manifest, declared, year, evaluation, on)


def find_years(session: TenantSession, may: Callable[[str], bool]) -> list[EvaluatedYear]:
    """The years of all modules, newest first, of which the permission to read is one that somebody has."""
    kept = {(row.module, row.year): row for row in session.scalars(select(Evaluation))}
    found = []
    for manifest, declared in evaluated():
        if may(declared.read):
            on = is_on(session, manifest)
            years = {year for module, year in kept if module == manifest.name}
            years |= set(declared.years(session)) if on else set()
            found += [EvaluatedYear(manifest, declared, year, kept.get((manifest.name, year)), on) for year in years]
    return sorted(found, key=lambda one: (-one.year, fold(str(one.manifest.label))))


def published_evaluations() -> Select[Evaluation]:
    """Query of what everybody may read, newest year first."""
    known = [manifest.name for manifest, _declared in evaluated()]
    query = select(Evaluation).where(Evaluation.published_at.is_not(None), Evaluation.module.in_(known))
    return query.order_by(Evaluation.year.desc(), Evaluation.module)


def has_published(session: TenantSession) -> bool:
    """Whether everybody may read at least one."""
    return session.execute(published_evaluations().limit(1)).first() is not None


def published_years(session: TenantSession, module: str, most: int = 2) -> list[int]:
    """The newest years of a module that everybody may read."""
    query = select(Evaluation.year).where(Evaluation.module == module, Evaluation.published_at.is_not(None))
    return list(session.scalars(query.order_by(Evaluation.year.desc()).limit(most)))


def shown_figures(session: TenantSession, one: EvaluatedYear) -> tuple[Figures, Figures]:
    """The figures of a year and of the year before, as its page shows them: frozen once it is published."""
    if one.evaluation is not None and one.published:
        return one.evaluation.figures, one.evaluation.before
    return present_figures(session, one)


def present_figures(session: TenantSession, one: EvaluatedYear) -> tuple[Figures, Figures]:
    """The figures of a year and of the year before as they are now; nothing for a year that has none."""
    earlier = find_year(session, one.declared.code, one.year - 1)
    return _figures(session, one), _figures(session, earlier, frozen=True) if earlier else {}


def _figures(session: TenantSession, one: EvaluatedYear, *, frozen: bool = False) -> Figures:
    kept = one.evaluation
    if kept is not None and (kept.source or (frozen and one.published)):
        return kept.figures
    return one.declared.count(session, one.year)


def _described(evaluation: Evaluation) -> Described:
    manifest = modules()[evaluation.module]
    assert manifest.evaluated is not None, "the module gives account of its years"
    one = EvaluatedYear(manifest, manifest.evaluated, evaluation.year, evaluation, on=True)
    return Described(one.title, evaluation.introduction, f"/evaluations/{one.declared.code}/{one.year}")


SEARCH = SearchKind(
    "evaluation", _l("Yearly evaluation"), lambda session: session.scalars(published_evaluations()), _described
)
