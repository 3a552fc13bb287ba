"""The evaluation of a year as a PDF (PDF/UA-1)."""

from civique.core import commune, i18n, settings
from civique.core.config import ROOT
from civique.core.evaluations.models import Evaluation
from civique.core.evaluations.queries import EvaluatedYear, shown_figures
from civique.core.evaluations.words import figure_table, part_tables
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.services.pdf import render_pdf
from tenants.session import TenantSession

TEMPLATE = ROOT / "templates" / "_paper" / "evaluation.typ"


def evaluation_pdf(session: TenantSession, one: EvaluatedYear) -> bytes:
    """Words and figures of a year, on paper."""
    evaluation = one.evaluation
    published = evaluation.published_at if evaluation is not None else None
    figures, before = shown_figures(session, one)
    listed = one.declared.listed(session, one.year) if one.on else ()
    years = [str(one.year), str(one.year - 1)] if before else []
    return render_pdf(
        TEMPLATE,
        {
            "title": one.title,
            "author": commune.sender_name(session.tenant, settings.get(session, commune.Identity)),
            "language": i18n.get_locale(),
            "state": _("Published on %(date)s", date=long_date(published, weekday=False)) if published else _("Draft"),
            "sections": [{"title": title, "text": text} for title, text in sections(evaluation)],
            "figures_title": _("The figures"),
            "years": years,
            "rows": figure_table(one.declared, figures, before),
            "tables": part_tables(one.declared, figures),
            "counted": str(one.declared.counted),
            "list_title": str(one.declared.list_label),
            "listed": [" · ".join(filter(None, (each.title, each.words))) for each in listed],
            "source": evaluation.source if evaluation is not None else "",
        },
    )


def sections(evaluation: Evaluation | None) -> list[tuple[str, str]]:
    """What is written of a year: title and text; the introduction has no title."""
    if evaluation is None:
        return []
    titled = (
        ("", evaluation.introduction),
        (_("What went well"), evaluation.went_well),
        (_("What should change"), evaluation.to_change),
        (_("For next year"), evaluation.next_year),
    )
    return [(title, text) for title, text in titled if text]
