NAME = 'https://example.org'
