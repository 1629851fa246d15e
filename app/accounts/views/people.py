"""The people of an organisation: who is what, inviting, and ending a membership."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import policies, queries, services
from app.accounts.forms import InvitationForm
from app.accounts.guards import organisation_for, roles
from app.accounts.models import ROLES_BY_KIND, Organisation, Role
from app.accounts.nav import role_word
from app.accounts.views.shared import refuse
from app.clock import today
from app.db import db, utcnow
from app.i18n import language

bp = Blueprint("people", __name__, url_prefix="/organisations/<slug>/people")
LINK = "invitation-link"


@bp.route("/")
@roles(*policies.MANAGERS)
def index(slug: str) -> Any:
    """Members by role, with search."""
    organisation = organisation_for(slug, *policies.MANAGERS)
    words = request.args.get("q", "").strip()[:100]
    asked = request.args.get("role", "")
    offered = ROLES_BY_KIND[organisation.kind]
    chosen = next((role for role in offered if role == asked), None)
    return render_template(
        "accounts/people/index.html",
        organisation=organisation,
        offered=offered,
        words=words,
        chosen=chosen,
        counts=queries.members_by_role(organisation.id),
        members=db.paginate(queries.members_of(organisation, *([chosen] if chosen else ()), words=words), per_page=25),
        invitations=queries.open_invitations(organisation, utcnow(), chosen) if chosen and not words else [],
    )


@bp.route("/invitations/", methods=["GET", "POST"])
@roles(*policies.MANAGERS)
def invite(slug: str) -> Any:
    """Make an invitation link; it is shown once, and mailed where it has an address."""
    organisation = organisation_for(slug, *policies.MANAGERS)
    form = InvitationForm(_roles_of(organisation))
    if form.validate_on_submit():
        now = utcnow()
        try:
            invitation, secret = services.invite(
                organisation, form.chosen_role, current_user, now, email=form.email.data or ""
            )
        except services.EmailUnusable as refusal:
            refuse(form.email, refusal)
        else:
            made_link = services.link_to("accounts.invitations.show", secret=secret)
            if invitation.email:
                services.send_invitation(invitation, made_link, current_user.name, language())
            db.session.commit()
            # Only the digest is kept: the link goes to the next page in the sender's own session and is shown once.
            session[LINK] = [invitation.id, made_link]
            return redirect(url_for(".invite", slug=slug), 303)
    invitations = queries.open_invitations(organisation, utcnow())
    made, link = session.pop(LINK, (None, None))
    fresh = next((invitation for invitation in invitations if invitation.id == made), None)
    return render_template(
        "accounts/people/invite.html",
        organisation=organisation,
        form=form,
        invitations=invitations,
        fresh=fresh,
        link=link if fresh else None,
        days=services.INVITATION_DAYS,
    )


@bp.route("/invitations/<int:invitation_id>/deletion/", methods=["POST"])
@roles(*policies.MANAGERS)
def withdraw(slug: str, invitation_id: int) -> Any:
    """Make an invitation link stop working."""
    organisation = organisation_for(slug, *policies.MANAGERS)
    invitation = queries.invitation_of(organisation, invitation_id) or abort(404)
    services.withdraw_invitation(invitation, current_user, utcnow())
    db.session.commit()
    flash(_("The invitation no longer works."), "success")
    return redirect(url_for(".invite", slug=slug), 303)


@bp.route("/<int:membership_id>/deletion/", methods=["POST"])
@roles(*policies.MANAGERS)
def delete(slug: str, membership_id: int) -> Any:
    """End a membership; what the person has done stays."""
    organisation = organisation_for(slug, *policies.MANAGERS)
    membership = queries.membership_of(organisation, membership_id) or abort(404)
    left = membership.person_id == current_user.id
    services.end_membership(membership, current_user, today())
    db.session.commit()
    flash(_("The membership has ended."), "success")
    if left:
        return redirect("/", 303)
    return redirect(url_for(".index", slug=slug), 303)


def _roles_of(organisation: Organisation) -> list[tuple[str, str]]:
    return [(role.value, role_word(Role(role))) for role in ROLES_BY_KIND[organisation.kind]]
