"""Reads pip's installation report on stdin and prints, for each package, how many bytes its file has (null: unknown)."""

import json
import os
import ssl
import sys
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

certificates = os.environ.get("PIP_CERT") or os.environ.get("REQUESTS_CA_BUNDLE") or None
context = ssl.create_default_context(cafile=certificates)


def size_of(url):
    parts = urllib.parse.urlsplit(url)
    try:
        if parts.scheme == "file":
            return os.path.getsize(urllib.request.url2pathname(parts.path))
        if parts.scheme not in ("http", "https"):
            return None
        request = urllib.request.Request(url.split("#")[0], method="HEAD")
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return int(answer.headers["content-length"])
    except (OSError, TypeError, ValueError):
        return None


def described(item):
    metadata = item["metadata"]
    url = item["download_info"]["url"]
    return {"name": metadata["name"], "version": metadata["version"], "sizeBytes": size_of(url)}


with ThreadPoolExecutor(8) as pool:
    print(json.dumps(list(pool.map(described, json.load(sys.stdin)["install"]))))
