"""Pages of the question bank and of taking a quiz. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from app.assessment.flag_words import advice
from app.assessment.views import (
    analysis,
    answer_files,
    attempts,
    exports,
    imports,
    marking,
    peer_review,
    questions,
    regrades,
)
from app.assessment.wording import worded
from app.assessment.words import file_type_word, kind_word, word

bp = Blueprint("assessment", __name__, template_folder="../templates")
for module in (attempts, answer_files, questions, imports, analysis, regrades, marking, peer_review, exports):
    bp.register_blueprint(module.bp)
bp.add_app_template_filter(worded, "worded")
bp.add_app_template_filter(word, "reason_word")
bp.add_app_template_filter(kind_word, "kind_word")
bp.add_app_template_filter(file_type_word, "file_type_word")
bp.add_app_template_filter(advice, "flag_advice")
