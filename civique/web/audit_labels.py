"""The actions of the core, said in words; modules say theirs in their manifests."""

from functools import cache
from typing import Any

from civique.core.access.roles import ROLES
from civique.core.i18n import _l
from civique.core.registry import modules

CORE_LABELS: dict[str, Any] = {
    "access.acting_for": _l("Chose for whom to act"),
    "access.factor_dropped": _l("A second check was removed"),
    "access.factors_reset": _l("Second checks were reset after a proof"),
    "access.hand_over_made": _l("One-time way in prepared"),
    "access.handed_over": _l("Roles and files handed over to a colleague"),
    "access.invitation_accepted": _l("Invitation accepted"),
    "access.invitation_withdrawn": _l("Invitation withdrawn"),
    "access.invited": _l("Colleague invited"),
    "access.passkey_added": _l("Passkey added"),
    "access.passkey_opened": _l("Passkey used to sign in"),
    "access.password_removed": _l("Password removed"),
    "access.password_set": _l("Password chosen"),
    "access.recovery_code_used": _l("Recovery code used"),
    "access.recovery_codes_made": _l("Recovery codes made"),
    "access.reset_by_operator": _l("Way in given again by the operator of the service, after a proof"),
    "access.role_ended": _l("Role taken back"),
    "access.role_granted": _l("Role given"),
    "access.second_factor_given": _l("Second check passed"),
    "access.signed_in": _l("Signed in"),
    "access.signed_out_elsewhere": _l("A device was signed out"),
    "access.signed_out_everywhere": _l("Signed out everywhere"),
    "access_pass.issued": _l("Link prepared for somebody without an account"),
    "access_pass.locked": _l("Too many wrong codes: a reference was locked"),
    "access_pass.revoked": _l("Link taken back"),
    "access.unknown_cookie": _l("A session unknown here was dropped"),
    "answer.reminded": _l("Reminder of an answer due"),
    "question.received": _l("Question received"),
    "question.answered": _l("Answer written"),
    "question.dropped": _l("Closed without answer"),
    "question.reopened": _l("Opened again"),
    "question.assigned": _l("Taken in charge"),
    "article.changed": _l("Page or news changed"),
    "article.moved": _l("Page moved"),
    "article.published": _l("Page or news published"),
    "article.removed": _l("Page or news removed"),
    "article.withdrawn": _l("Page or news taken off the site"),
    "article.written": _l("Page or news written"),
    "claim.accepted": _l("Paper attached to an account"),
    "claim.asked": _l("Paper claimed"),
    "claim.refused": _l("Claim of a paper refused"),
    "comment.published": _l("Comment published"),
    "comment.refused": _l("Comment refused"),
    "comment.withdrawn": _l("Comment withdrawn from the site"),
    "committee.created": _l("Committee started"),
    "committee.item_added": _l("Added to the order of the day"),
    "committee.item_removed": _l("Taken off the order of the day"),
    "committee.member_added": _l("Seat given"),
    "committee.member_recused": _l("A member takes no part"),
    "committee.membership_ended": _l("Seat ended"),
    "committee.memberships_joined": _l("Two seats of one person made one"),
    "committee.convened": _l("Convocation sent to a committee"),
    "committee.opinion_recorded": _l("Opinion of a committee recorded"),
    "consent.given": _l("Somebody agreed to something"),
    "consent.withdrawn": _l("What was agreed to is withdrawn"),
    "feedback.kept": _l("Opinion kept"),
    "documents.asked": _l("Documents asked, one a line"),
    "commune.opened": _l("Site opened"),
    "commune.published": _l("Site published"),
    "contribution.proposal_accepted": _l("Proposal of help accepted"),
    "contribution.proposal_declined": _l("Proposal of help declined"),
    "contribution.proposed": _l("Help proposed by a partner"),
    "contribution.received": _l("Help received"),
    "contribution.recorded": _l("Help promised"),
    "contribution.thanked": _l("Thanks to a partner shown or hidden"),
    "contribution.used": _l("Help used"),
    "agreement.broken": _l("Agreement broken off"),
    "agreement.check_planned": _l("Visit for the upkeep planned"),
    "agreement.checked": _l("Upkeep checked"),
    "agreement.drawn_up": _l("Agreement written"),
    "agreement.duty_done": _l("Something undertaken is done"),
    "agreement.duty_undone": _l("Something undertaken is not done after all"),
    "agreement.ended": _l("Agreement kept to its end"),
    "agreement.offered": _l("Agreement offered to be signed"),
    "agreement.rewritten": _l("Agreement written again"),
    "agreement.signed": _l("Agreement signed by one side"),
    "agreement.withdrawn": _l("Agreement no longer to be signed"),
    "contribution.withdrawn": _l("Promise of help cancelled"),
    "data.exported": _l("A person’s data were given to them"),
    "data.tenant_export_asked": _l("Export of the whole commune asked for"),
    "data.tenant_export_fetched": _l("Export of the whole commune fetched"),
    "demonstration.filled": _l("Filled with the demonstration"),
    "document.corrected": _l("Document corrected"),
    "document.removed": _l("Document removed"),
    "document.version_added": _l("Document filed"),
    "document.visibility": _l("Document shown or hidden"),
    "question.attached": _l("Question attached to an account"),
    "endorsement.noted": _l("Support of a resident noted at the town hall"),
    "endorsement.withdrawn": _l("Support of a resident taken back at the town hall"),
    "evaluation.past_year_entered": _l("Figures of a past year typed"),
    "evaluation.published": _l("Evaluation of a year published"),
    "evaluation.withdrawn": _l("Evaluation of a year taken off the site"),
    "evaluation.written": _l("Evaluation of a year written"),
    "event.cancelled": _l("Event cancelled"),
    "event.changed": _l("Event changed"),
    "event.planned": _l("Event planned"),
    "gathering.attendance_recorded": _l("Meeting: who came"),
    "gathering.cancelled": _l("Meeting called off"),
    "gathering.document_attached": _l("Document put beside a meeting"),
    "gathering.document_detached": _l("Document taken away from a meeting"),
    "gathering.changed": _l("Gathering moved or reworded"),
    "gathering.checked_in": _l("Somebody checked in at the door"),
    "gathering.held": _l("Meeting held"),
    "gathering.invited": _l("People invited to a gathering"),
    "gathering.moved_up": _l("A seat given to somebody who waited"),
    "gathering.planned": _l("Meeting planned"),
    "gathering.registered": _l("Registered to a gathering"),
    "gathering.registration_cancelled": _l("Registration withdrawn"),
    "gathering.registration_changed": _l("Registration changed"),
    "gathering.registration_closed": _l("Registration to a gathering closed"),
    "gathering.registration_declined": _l("Invitation declined"),
    "gathering.registration_opened": _l("Registration to a gathering opened"),
    "indicator.added": _l("Indicator added"),
    "indicator.changed": _l("Indicator changed"),
    "indicator.corrected": _l("Validated figure corrected"),
    "indicator.defined": _l("Indicator defined"),
    "indicator.entered": _l("Figure entered"),
    "indicator.validated": _l("Figures of a period validated"),
    "link.made": _l("Two things linked"),
    "link.removed": _l("Link removed"),
    "list.imported": _l("List imported"),
    "list.stopped": _l("Import of a list stopped before it began"),
    "message.batch_asked": _l("Batch of letters prepared"),
    "message.given_up": _l("Message given up, a letter takes its place"),
    "message.printed": _l("Letter printed"),
    "message.refused": _l("Message refused by the mail server"),
    "message.sent_again": _l("Message sent again"),
    "module.switched_off": _l("Module switched off"),
    "module.switched_on": _l("Module switched on"),
    "official.added": _l("Who’s who: card added"),
    "official.changed": _l("Who’s who: card changed"),
    "official.moved": _l("Who’s who: card moved"),
    "official.removed": _l("Who’s who: card removed"),
    "organisation.added": _l("Organisation added"),
    "organisation.corrected": _l("Organisation corrected"),
    "organisation.representative_accepted": _l("Representative accepted"),
    "organisation.representative_ended": _l("Representative ended"),
    "organisation.representative_named": _l("Representative named"),
    "organisation.validated": _l("Organisation validated"),
    "person.address_added": _l("E-mail address added"),
    "person.address_changed": _l("E-mail address changed"),
    "person.corrected": _l("Record corrected"),
    "person.erased": _l("Person erased"),
    "person.erasure_decided": _l("Erasure decided"),
    "person.merged": _l("Two records merged"),
    "person.registered": _l("Person registered"),
    "person.verified": _l("Person verified by the town hall"),
    "phase.closed": _l("Step ended"),
    "phase.planned": _l("Steps planned"),
    "phase.started": _l("Step begun"),
    "place.added": _l("Place added"),
    "place.corrected": _l("Place corrected"),
    "place.removed": _l("Place removed"),
    "proxy.accepted": _l("Acting for a relative: accepted"),
    "proxy.asked": _l("Acting for a relative: asked"),
    "proxy.ended": _l("Acting for a relative: ended"),
    "settings.changed": _l("Settings changed"),
    "settings.domain_added": _l("Own domain added"),
    "settings.domain_asked": _l("Own domain asked for"),
    "settings.domain_removed": _l("Own domain removed"),
    "story.day_noted": _l("Work noted"),
    "story.picture_added": _l("Photo added"),
    "story.picture_removed": _l("Photo removed"),
    "story.published": _l("Story published"),
    "story.withdrawn": _l("Story withdrawn"),
    "story.written": _l("Story written"),
    "stall.received": _l("Entry of a stall received"),
    "territory.added": _l("Territory added"),
    "territory.corrected": _l("Territory corrected"),
    "territory.removed": _l("Territory removed"),
}


@cache
def labels() -> dict[str, Any]:
    """Words of every action that somebody declared, and of what happens to every case."""
    found: dict[str, Any] = {}
    for workflow in (workflow for manifest in modules() for workflow in manifest.workflows):
        said = {**{state.code: _l("State: %(state)s", state=state.label) for state in workflow.states}, **OF_EVERY_CASE}
        found |= {f"{workflow.model.audit}{code}": words for code, words in said.items()}
    found |= CORE_LABELS
    for manifest in modules():
        found |= manifest.audit_labels
    return found


OF_EVERY_CASE: dict[str, Any] = {
    "given": _l("Something missing was given"),
    "added": _l("The applicant added something"),
    "assigned": _l("Entrusted to a colleague"),
    "attached": _l("Attached to the account of its applicant"),
    "forgotten": _l("Name of the applicant erased, long after"),
}
"""What happens to a case besides entering a state, whose label says it."""


def label_of(action: str) -> str:
    """Words of an action; its code when nobody declared any."""
    return str(labels().get(action, action))


OBJECT_LABELS: dict[str, Any] = {
    "feedback_sheet": _l("an opinion"),
    "consent": _l("a consent"),
    "access_pass": _l("a link"),
    "credential": _l("a way to enter"),
    "document": _l("a document"),
    "question": _l("a question"),
    "indicator": _l("an indicator"),
    "invitation": _l("an invitation"),
    "message": _l("a message"),
    "official": _l("a card of who’s who"),
    "organisation": _l("an organisation"),
    "paper_claim": _l("a claim of a paper"),
    "person": _l("a person"),
    "place": _l("a place"),
    "proxy": _l("acting for a relative"),
    "role_grant": _l("a role"),
    "task": _l("a long task"),
    "stall_entry": _l("an entry of a stall"),
    "territory": _l("a territory"),
    "agenda_item": _l("a matter of a meeting"),
    "answer_due": _l("an answer due"),
    "article": _l("a page or a news item"),
    "comment": _l("a comment"),
    "committee": _l("a committee"),
    "contribution": _l("a promise of help"),
    "agreement": _l("an agreement"),
    "contribution_proposal": _l("a proposal of help"),
    "endorsement": _l("a support"),
    "evaluation": _l("the evaluation of a year"),
    "event": _l("an event"),
    "gathering": _l("a meeting"),
    "gathering_registration": _l("a registration to a gathering"),
    "list_import": _l("the import of a list"),
    "phase": _l("a step of a process"),
    "representative": _l("who speaks for an organisation"),
    "stored_file": _l("a file"),
    "story": _l("a story"),
}


def object_label(object_type: str | None) -> str:
    """What kind of thing a line is about, in words."""
    return str(_object_labels().get(object_type or "", object_type or ""))


@cache
def _object_labels() -> dict[str, Any]:
    found = dict(OBJECT_LABELS)
    for manifest in modules():
        found.update(manifest.object_labels)
    return found


def detail_of(data: dict[str, Any]) -> str:
    """The role, the module or the page that a line names, in words; nothing for the rest."""
    if role := data.get("role"):
        return str(ROLES[role].label) if role in ROLES else str(role)
    if name := data.get("module"):
        known = {manifest.name: manifest.label for manifest in modules()}
        return str(known.get(name, name))
    return str(SECTIONS.get(data.get("section", ""), ""))


SECTIONS: dict[str, Any] = {
    "identity": _l("Identity"),
    "contact": _l("Contact and hours"),
    "texts": _l("Texts"),
    "accessibility": _l("Accessibility audit"),
    "retention": _l("How long we keep things"),
}
