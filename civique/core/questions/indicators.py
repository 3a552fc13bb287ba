"""Indicators of the questions to the mairie: how many, by channel and village. Their answers are in civique.core.answers.indicators."""

from civique.core.cases.indicators import received
from civique.core.i18n import _l
from civique.core.indicators.declarations import IndicatorDeclaration
from civique.core.questions.models import Question

INDICATORS = (
    IndicatorDeclaration(
        "core.questions",
        _l("Questions to the town hall"),
        "count",
        received(Question),
        unit=_l("questions received"),
        polarity="none",
        by_territory=True,
        public=False,
    ),
)
