"""The yearly evaluation as a PDF (FON-12)."""

from civique.core import commune, i18n, settings
from civique.core.config import ROOT
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund.documents.figures import figure_rows, part_tables
from civique.modules.fund.models import Evaluation, Fund
from civique.modules.fund.operations.evaluations import WORDS, figures_of
from civique.services.pdf import render_pdf
from civique.web.desk.labels import CHANNELS
from tenants.session import TenantSession

TEMPLATE = ROOT / "templates" / "fund" / "evaluation.typ"


def evaluation_pdf(session: TenantSession, fund: Fund, evaluation: Evaluation | None) -> bytes:
    """Words and figures of a year, on paper (PDF/UA-1)."""
    figures = figures_of(session, fund, evaluation)
    titles = {
        "introduction": "",
        "went_well": _("What went well"),
        "to_change": _("What should change"),
        "next_year": _("For next year"),
    }
    published = evaluation.published_at if evaluation else None
    return render_pdf(
        TEMPLATE,
        {
            "title": _("Citizen initiative fund: evaluation of %(year)s", year=fund.year),
            "author": commune.sender_name(session.tenant, settings.get(session, commune.Identity)),
            "language": i18n.get_locale(),
            "state": _("Published on %(date)s", date=long_date(published, weekday=False)) if published else _("Draft"),
            "sections": [
                {"title": titles[name], "text": text}
                for name in WORDS
                if evaluation is not None and (text := getattr(evaluation, name))
            ],
            "figures_title": _("The figures"),
            "rows": figure_rows(figures),
            "parts": part_tables(figures, CHANNELS),
            "by_hand": evaluation.figures.get("by_hand", "") if evaluation else "",
        },
    )
