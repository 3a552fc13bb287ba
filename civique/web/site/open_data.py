"""« Flux et données »: what everybody may subscribe to, and use again, of the commune and of the modules that are on."""

import json
from datetime import datetime

from flask import Blueprint, current_app, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from civique.core import open_data
from civique.core.i18n import _l
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.queries import PUBLIC_FIGURE
from civique.core.loading import ask_together
from civique.core.open_data import Dataset, Feed
from civique.core.registry import modules
from civique.web.access import PUBLIC, allow
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("open_data", __name__)
FEEDS = (
    Feed(
        _l("News"), "site.news_feed", _l("The news of the town hall, as it is published."), ("site.home", "site.news")
    ),
    Feed(
        _l("Agenda"),
        "agenda.calendar",
        _l("The dates to come, in the agenda of your telephone or computer: those that move, move there too."),
        ("agenda.listing",),
        "text/calendar",
    ),
    Feed(
        _l("Dates of the agenda"),
        "agenda.feed",
        _l("The same dates, one after the other, in a feed reader."),
        ("agenda.listing",),
    ),
    Feed(
        _l("Stories"),
        "stories.feed",
        _l("What residents, associations and the commune did together."),
        ("stories.listing",),
    ),
)
DATASETS = (
    Dataset(
        "indicateurs",
        _l("Figures of the commune"),
        _l("Each public indicator, period after period. Small numbers of people are hidden."),
        select(func.max(func.coalesce(Measure.frozen_at, Measure.at)))
        .join(Indicator, Indicator.id == Measure.indicator_id)
        .where(Indicator.public, PUBLIC_FIGURE, Measure.qualifier != "unknown"),
        {"CSV": "indicators.as_csv", "JSON": "indicators.as_json"},
    ),
)


@blueprint.get("/donnees")
@allow(PUBLIC)
def listing() -> Response:
    """Everything, in plain words."""
    feeds = [feed for manifest in modules().of(current_tenant()) for feed in manifest.feeds]
    licence = open_data.LICENCE, open_data.LICENCE_PAGE
    return page("site/open_data.html", feeds=feeds, datasets=_datasets(), licence=licence)


@blueprint.get("/donnees.jsonld")
@allow(PUBLIC)
def catalogue() -> Response:
    """The datasets for a portal, which comes back by itself (DCAT-AP)."""
    found = open_data.catalogue(current_tenant(), _datasets(), url_for)
    return current_app.response_class(json.dumps(found, ensure_ascii=False), mimetype="application/ld+json")


def _datasets() -> list[tuple[Dataset, datetime]]:
    """Datasets that hold something, with the moment of their last change."""
    datasets = [dataset for manifest in modules().of(current_tenant()) for dataset in manifest.open_data]
    moments = ask_together(db.session, tuple(dataset.modified for dataset in datasets))
    return [(dataset, moments[dataset.modified]) for dataset in datasets if moments[dataset.modified] is not None]
