"""The limit: httpx, which sends the requests of a file as they are, so many at once.

    python benchmarks/bare.py FILE CONCURRENCY

It reads each answer, fetches the urls in it as the suite does, looks at nothing and keeps nothing.
Prints as JSON what sending alone took: start-up and reading the file are not in it.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

# Method, url, headers and body.
Outgoing = tuple[str, str, list[tuple[str, str]], bytes]


async def send_all(requests: list[Outgoing], concurrency: int) -> int:
    """Send the requests in their order and return how many were fetched behind them."""
    left = iter(requests)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(trust_env=False, timeout=None, limits=limits) as client:  # noqa: S113 - the server is our own
        fetched = await asyncio.gather(*(_worker(client, left) for _ in range(concurrency)))
    return sum(fetched)


async def _worker(client: httpx.AsyncClient, left: Iterator[Outgoing]) -> int:
    fetched = 0
    for method, url, headers, body in left:
        sent = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        answer = await client.request(method, url, headers=sent, content=body or None)
        if answer.is_success and b'"url"' in answer.content:
            urls = [item["url"] for item in answer.json()["data"] if "url" in item]
            await asyncio.gather(*(client.get(url) for url in urls))
            fetched += len(urls)
    return fetched


def main() -> None:
    """Send the file's requests and print what that took."""
    requests: list[Outgoing] = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written by the benchmark
    wall, cpu = time.perf_counter(), time.process_time()
    fetched = asyncio.run(send_all(requests, int(sys.argv[2])))
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    print(json.dumps({**took, "requests": len(requests) + fetched}))


if __name__ == "__main__":
    main()
