"""Doors of the reports: `flask reports gap`, and taking snapshots."""

from flask.cli import AppGroup

reports = AppGroup("reports", help="Skill-gap figures.")
