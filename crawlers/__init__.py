"""Source declarations, feeds, spiders, WARC, polling, source health and the sample newsroom."""
