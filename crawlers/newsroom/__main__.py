"""`python -m crawlers.newsroom --port N [--sources DIR]`: serve the sample newsroom by hand until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from crawlers.newsroom.server import serve_newsroom


def main() -> None:
    """Serve and print the address of each outlet."""
    parser = argparse.ArgumentParser(prog="python -m crawlers.newsroom", description="Tòa soạn mẫu trên máy này")
    parser.add_argument("--port", type=int, default=8731, help="cổng của tòa soạn đầu; các tòa soạn sau dùng cổng kế tiếp")
    parser.add_argument("--slow", type=float, default=3.0, help="trang chậm trả lời sau bấy nhiêu giây")
    parser.add_argument("--sources", type=Path, help="ghi khai báo nguồn (YAML) vào thư mục này")
    given = parser.parse_args()
    with serve_newsroom(base_port=given.port, slow_seconds=given.slow, sources=given.sources) as site:
        for name, url in site.base.items():
            sys.stdout.write(f"{name:18} {url}/\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stderr.write("đã dừng\n")


if __name__ == "__main__":
    main()
