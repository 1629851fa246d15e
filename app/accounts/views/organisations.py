"""An organisation's public page, its registration, and what it says of itself."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import policies, queries, services
from app.accounts.forms import AboutForm, EnterpriseForm
from app.accounts.guards import authorize, organisation_for, public, roles, signed_in
from app.accounts.views.shared import refuse
from app.clock import today
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from app.registry import registry

bp = Blueprint("organisations", __name__, url_prefix="/organisations")


@bp.route("/new/", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Register an enterprise; whoever does becomes its recruiter and mentor."""
    form = EnterpriseForm()
    in_english = language() == "en"
    regions = reference.regions()
    clusters = reference.clusters()
    form.region_code.choices = [("", _("Choose"))]
    form.region_code.choices += [(region.code, region.name_en if in_english else region.name_zh) for region in regions]
    form.cluster_code.choices = [("", _("None of these"))]
    form.cluster_code.choices += [(found.code, found.name_en if in_english else found.name_zh) for found in clusters]
    if form.validate_on_submit():
        cluster = next((found for found in clusters if found.code == form.cluster_code.data), None)
        if cluster is not None and cluster.region_code != form.region_code.data:
            form.cluster_code.errors = [_("This cluster lies in another province.")]
            return render_template("accounts/organisations/new.html", form=form)
        try:
            organisation = services.register_enterprise(
                current_user,
                today(),
                name_zh=form.name_zh.data,
                name_en=form.name_en.data or "",
                credit_code=form.credit_code.data,
                region_code=form.region_code.data,
                cluster_code=form.cluster_code.data or None,
                city_zh=form.city_zh.data,
                city_en=form.city_en.data or "",
            )
        except services.CreditCodeTaken as refusal:
            refuse(form.credit_code, refusal)
        except services.SlugTaken as refusal:
            refuse(form.name_en, refusal)
        else:
            db.session.commit()
            flash(_("Your enterprise is registered. An office of its province checks the entry next."), "success")
            return redirect(url_for(".show", slug=organisation.slug), 303)
    return render_template("accounts/organisations/new.html", form=form)


@bp.route("/<slug>/")
@public
def show(slug: str) -> Any:
    """The public page; of an enterprise that nobody has checked, its own members see it alone."""
    organisation = queries.organisation_page(slug)
    if organisation is None:
        abort(404)
    authorize(policies.may_see, organisation)
    manages = current_user.is_authenticated and policies.may_manage(current_user, organisation)
    parts = [part for build in registry().organisation_parts if (part := build(organisation, current_user)) is not None]
    return render_template("accounts/organisations/show.html", organisation=organisation, manages=manages, parts=parts)


@bp.route("/<slug>/edit/", methods=["GET", "POST"])
@roles(*policies.MANAGERS)
def edit(slug: str) -> Any:
    """Change what the organisation says of itself."""
    organisation = organisation_for(slug, *policies.MANAGERS)
    form = AboutForm(obj=organisation)
    if form.validate_on_submit():
        services.describe_organisation(
            organisation,
            current_user,
            name_en=form.name_en.data or "",
            about_zh=form.about_zh.data or "",
            about_en=form.about_en.data or "",
            website=form.website.data or "",
        )
        db.session.commit()
        flash(_("The page is saved."), "success")
        return redirect(url_for(".show", slug=slug), 303)
    return render_template("accounts/organisations/edit.html", form=form, organisation=organisation)
