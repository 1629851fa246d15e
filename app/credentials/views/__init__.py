"""Pages of certificates. Each module owns a small blueprint; they are nested here."""

from app.credentials.views import certificates, checks, files, registers

# The one whose names others link to; it carries the rest.
bp = certificates.bp
bp.register_blueprint(checks.bp)
bp.register_blueprint(files.bp)
bp.register_blueprint(registers.bp)
