"""The platform that every feature stands on. Importing this package runs nothing; the factory is `app.factory`."""
