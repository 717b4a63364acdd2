NAME = "https://example.org"
