"""From the address of a home page to a proposed declaration: feeds, sitemaps, lists, selectors learnt from three pages."""
