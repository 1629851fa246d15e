"""The demo's courses as folders of Markdown, GIFT and TOML, in both languages."""
