"""Records, Vietnamese text, extraction, dates, places, duplicates, stories, store, search, outbox."""
