"""A posting as schema.org JobPosting, for search engines."""

from datetime import timedelta
from typing import Any

from flask import url_for

from app.clock import ZONE, end_of
from app.ui.markdown import render_markdown
from internships.models import PayPeriod, Posting

UNITS = {PayPeriod.DAY: "DAY", PayPeriod.MONTH: "MONTH"}


def job_posting(posting: Posting) -> dict[str, Any]:
    """What Google's rules for JobPosting require and recommend, as far as the posting says it.

    `validThrough` is the last second of the closing day in Shanghai.
    """
    organisation = posting.organisation
    hiring = {"@type": "Organization", "name": organisation.name_zh}
    if organisation.website:
        hiring["sameAs"] = organisation.website
    if organisation.is_verified:
        hiring["url"] = url_for("accounts.organisations.show", slug=organisation.slug, _external=True)
    data: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title_zh,
        "description": str(render_markdown(posting.body_zh)),
        "url": url_for("internships.postings.show", posting_id=posting.id, _external=True),
        "identifier": {"@type": "PropertyValue", "name": organisation.name_zh, "value": str(posting.id)},
        "validThrough": (end_of(posting.closes_on) - timedelta(seconds=1)).isoformat(),
        "employmentType": "INTERN",
        "hiringOrganization": hiring,
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": posting.city_zh,
                "addressRegion": posting.region.name_zh,
                "addressCountry": "CN",
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "CNY",
            "value": {"@type": "QuantitativeValue", "value": float(posting.pay), "unitText": UNITS[posting.pay_period]},
        },
        "jobStartDate": posting.starts_on.isoformat(),
        "totalJobOpenings": posting.seats,
        "workHours": f"{posting.hours_a_week} h/week",
        "skills": ", ".join(f"{one.skill.name_zh} {one.level}" for one in posting.skills),
        "directApply": True,
    }
    if posting.published_at is not None:
        data["datePosted"] = posting.published_at.astimezone(ZONE).isoformat(timespec="seconds")
    if posting.cluster is not None:
        data["industry"] = posting.cluster.category_zh
    if posting.is_remote:
        data["jobLocationType"] = "TELECOMMUTE"
        data["applicantLocationRequirements"] = {"@type": "Country", "name": "CN"}
    return data
