"""Scrapy spiders for list pages and article pages."""
