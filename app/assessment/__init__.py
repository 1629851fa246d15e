"""Assessment: question bank, timed attempts, hand-ins, rubrics and marks, shared by courses and contests."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the question bank's pages, quiz taking and the doors."""
    from app.assessment import cli, seams, tasks, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.questions)
    tasks.init_app(app)
    seams.init_app(app)
