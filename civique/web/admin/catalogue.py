"""The catalogue of modules: what each one offers, what switching it on adds, what switching it off keeps."""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from civique.core import switching
from civique.core.access.roles import ROLES
from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import Manifest
from civique.core.registry import modules
from civique.web.access import allow, me
from civique.web.admin.setup import saved, skipped, step_page
from civique.web.forms import ChecksField, OnceForm, choices, optional
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("catalogue", __name__, url_prefix="/mairie")


class ModulesForm(OnceForm):
    """What the site begins with."""

    modules = ChecksField(_l("What residents will be able to do here"), [optional()])


@blueprint.get("/reglages/modules", defaults={"set_up": False})
@blueprint.route("/mise-en-route/modules", methods=["GET", "POST"], defaults={"set_up": True})
@allow("core.modules")
def listing(set_up: bool) -> Response:
    """The modules: ticked as a step of the set-up, listed in the settings."""
    return _choose() if set_up else _listing()


def _choose() -> Response:
    """Step of the set-up: modules are ticked, one button switches them on. Those that come with a preset are ticked by
    themselves as long as none is on."""
    known, on = {manifest.name: manifest for manifest in modules().optional}, current_tenant().modules & _optional()
    ticked = sorted(on) or [name for name, manifest in known.items() if manifest.offers]
    form = ModulesForm(data={"modules": ticked})
    if "later" in request.form and set(form.modules.data or ()) == set(ticked):
        return skipped("modules")
    form.modules.choices = choices([(name, manifest.label) for name, manifest in known.items()])

    def do() -> None:
        chosen = set(form.modules.data or ())
        for name in sorted(chosen - on):
            offers = () if switching.was_switched(db.session, name) else known[name].offers
            switching.switch_on(current_tenant(), name, me().id, offers[0].code if offers else "")
        for name in sorted(on - chosen):
            switching.switch_off(current_tenant(), name, me().id)

    def shown() -> Response:
        return step_page("admin/settings/choose_modules.html", "modules", set_up=True, form=form, known=known)

    return submit(form, do, again=shown, to=lambda _none: saved("modules", set_up=True))


def _optional() -> set[str]:
    return {manifest.name for manifest in modules().optional}


def _listing() -> Response:
    """Every module by name, those that are on first; or those with some words."""
    words = request.args.get("q", "").strip()[:100]
    found = sorted((m for m in modules().optional if _has(m, words)), key=lambda m: fold(str(m.label)))
    return step_page(
        "admin/settings/modules.html",
        "modules",
        set_up=False,
        block="modules",
        words=words,
        total=len(modules().optional),
        on=[manifest for manifest in found if manifest.name in current_tenant().modules],
        off=[manifest for manifest in found if manifest.name not in current_tenant().modules],
    )


def _has(manifest: Manifest, words: str) -> bool:
    offers = (f"{offer.label} {offer.summary}" for offer in manifest.offers)
    text = fold(" ".join((str(manifest.label), str(manifest.summary), *offers)))
    return all(word in text for word in fold(words).split())


@blueprint.get("/reglages/modules/<name>")
@allow("core.modules")
def module(name: str) -> Response:
    """One module: what it adds, the switch, its settings."""
    manifest = _manifest(name)
    # What was on before comes back as it was: no preset replaces the settings that the commune chose.
    offers = () if switching.was_switched(db.session, name) else manifest.offers
    return page(
        "admin/settings/module.html",
        module=manifest,
        is_on=name in current_tenant().modules,
        roles=ROLES,
        offers=offers,
        personal_data=[(kind, kind.kept(db.session)) for kind in manifest.personal_data],
        links=[link for link in manifest.settings_links if name in current_tenant().modules],
    )


@blueprint.post("/reglages/modules/<name>/activer")
@allow("core.modules")
def switch_on(name: str) -> Response:
    """Switch a module on, with the preset that was chosen."""
    manifest, offer = _manifest(name), request.form.get("offer", "")
    if offer not in {"", *(preset.code for preset in manifest.offers)}:
        abort(400)
    if name not in current_tenant().modules:
        switching.switch_on(current_tenant(), name, me().id, offer)
        notice(_("%(module)s is on.", module=manifest.label))
    return go("catalogue.module", name=name)


@blueprint.post("/reglages/modules/<name>/desactiver")
@allow("core.modules")
def switch_off(name: str) -> Response:
    """Switch a module off; its data stay."""
    manifest = _manifest(name)
    if name in current_tenant().modules:
        switching.switch_off(current_tenant(), name, me().id)
        notice(_("%(module)s is off. Its data stay and come back with it.", module=manifest.label))
    return go("catalogue.module", name=name)


def _manifest(name: str) -> Manifest:
    found = next((manifest for manifest in modules().optional if manifest.name == name), None)
    return found or abort(404)
