"""Source declarations, feeds, channels, politeness, captures to WARC, source health, sample newsroom."""
