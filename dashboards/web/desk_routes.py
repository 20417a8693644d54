"""Addresses of the desk's work: inbox, story, acts, second looks, archived copies, each with the right it takes."""

from __future__ import annotations

from dashboards.web import act_pages, alert_pages, article_pages, inbox_pages, search_pages, second_pages
from dashboards.web.rights import At


def desk_routes() -> list[At]:
    """Return them in the order in which they are tried."""
    return [
        At("/today", inbox_pages.today, "read"),
        At("/mine", inbox_pages.mine, "read"),
        At("/alerts", inbox_pages.inbox_page, "read"),
        At("/alerts/news", inbox_pages.news, "read"),
        At("/alerts/filters", inbox_pages.keep_filter, "read", methods=["POST"]),
        At("/alerts/filters/forget", inbox_pages.forget_filter, "read", methods=["POST"]),
        At("/alerts/decide", act_pages.decide_many, "decide", methods=["POST"]),
        At("/alerts/undo", act_pages.undo, "decide", methods=["POST"]),
        At("/alerts/assign", act_pages.assign, "decide", methods=["POST"]),
        At("/alerts/{id}", alert_pages.alert_page, "read", audited="evidence.read"),
        At("/alerts/{id}", alert_pages.decide, "decide", methods=["POST"]),
        At("/alerts/{id}/note", act_pages.note, "decide", methods=["POST"]),
        At("/alerts/{id}/unread", act_pages.unread, "decide", methods=["POST"]),
        At("/stories/{id}", alert_pages.story_page, "read"),
        At("/second-looks", second_pages.second_list, "decide"),
        At("/second-looks/{id}", second_pages.second_page, "decide", audited="evidence.read"),
        At("/second-looks/{id}", second_pages.second_answer, "decide", methods=["POST"]),
        At("/articles/{id}", article_pages.article_page, "read", audited="evidence.read"),
        At("/articles/{id}/diff", article_pages.diff_page, "read", audited="evidence.read"),
        At("/articles/{id}/archived", article_pages.archived_page, "read", audited="evidence.read"),
        At("/search", search_pages.search_page, "read"),
        At("/search/export", search_pages.export_found, "export"),
    ]
