"""The source a person chose, or the one a symbol was collected from before."""

from __future__ import annotations

import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from ..api import Api, Refused
from ..bars import Bars
from ..errors import MarketError
from ..times import to_iso
from . import sample
from .csv_file import bars_of_bytes, bars_of_file
from .http import bars_of_url

ROOT = Path(__file__).resolve().parents[2]
_HIDDEN = "?…"


@dataclass(frozen=True)
class Source:
    kind: str
    #: What people are shown, and where possible enough to ask the same source again.
    origin: str
    license: str | None
    address: str = ""
    count: int = 0

    def bars(self, api: Api, symbol: str, after_ms: int | None) -> Bars:
        """All bars, or at least those after a time."""
        if self.kind == "sample":
            return sample.sample_bars(int(time.time() * 1000), self.count)
        if self.kind == "http":
            return bars_of_url(self.address, symbol, None if after_ms is None else to_iso(after_ms))
        kind, _, name = self.origin.partition(":")
        return bars_of_file(name, ROOT) if kind == "file" else bars_of_bytes(_dataset(api, name))


def chosen_source(api: Api, options, known: dict | None) -> Source:
    """``known`` is what the server keeps of the symbol; it counts where nothing is chosen."""
    kind = options.source
    if kind is None and known and not (options.dataset or options.file or options.url):
        return _as_before(known, options)
    if kind is None:
        kind = "http" if options.url else "csv" if options.dataset or options.file else "sample"
    if kind == "sample":
        return Source("sample", sample.ORIGIN, sample.LICENSE, count=options.bars)
    if kind == "http":
        if not options.url:
            raise MarketError("The source http needs an address: HEARTH_MARKET_URL or --url.")
        return Source("http", _shown(options.url), options.license, address=options.url)
    if bool(options.dataset) == bool(options.file):
        raise MarketError("The source csv needs one of --dataset (of the registry) and --file (in the scripts' folder).")
    origin = f"dataset:{options.dataset}" if options.dataset else f"file:{options.file}"
    return Source("csv", origin, options.license or _license_of(api, options.dataset))


def _as_before(known: dict, options) -> Source:
    kind, origin = known["source"], known["origin"]
    if kind == "http" and origin.endswith(_HIDDEN):
        raise MarketError("The address of the source had parameters, which are not kept: set HEARTH_MARKET_URL again.")
    return Source(kind, origin, known["license"], address=origin, count=options.bars)


def _shown(url: str) -> str:
    """The address without what may be secret in it: user, password, parameters."""
    parts = urllib.parse.urlsplit(url)
    try:
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        raise MarketError("The source's address has no valid port.") from None
    return f"{parts.scheme}://{host}{parts.path}" + (_HIDDEN if parts.query else "")


def _license_of(api: Api, dataset: str | None) -> str | None:
    """As the registry knows it."""
    return _asked(dataset, lambda path: api.get(path))["license"] if dataset else None


def _dataset(api: Api, name: str) -> bytes:
    return _asked(name, lambda path: api.get_bytes(f"{path}/file"))


def _asked(name: str, ask):
    try:
        return ask(f"/datasets/{urllib.parse.quote(name, safe='')}")
    except Refused as refused:
        raise MarketError(f"The data set {name} cannot be read: {refused}") from None
