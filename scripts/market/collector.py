"""The data collector: bars from a source, features of them, both to the server."""

from __future__ import annotations

from .api import Api
from .bars import Bars, cleaned
from .errors import MarketError
from .features import CONTEXT, features_of
from .program import log
from .settings import Options, add_symbol, checked_symbol, from_environment
from .sources.chosen import chosen_source
from .store import Store
from .times import parse_time, to_iso

SAMPLE = "SAMPLE"


def main() -> None:
    options = _options()
    api = Api.from_environment()
    store = Store(api, checked_symbol(options.symbol) if options.symbol else _usual_symbol(api, options))
    known = store.find()
    source = chosen_source(api, options, known)
    is_same = known is not None and (known["source"], known["origin"]) == (source.kind, source.origin)
    since = parse_time(known["last_time"]) if is_same and options.mode == "incremental" else None
    if options.mode == "incremental" and since is None:
        log.info("There are no bars of %s from this source yet: collecting all of them.", store.symbol)
    log.info("Collecting %s from %s (%s).", store.symbol, source.origin, source.license or "licence not told")
    bars, notes = cleaned(source.bars(api, store.symbol, since))
    for note in notes:
        log.info(note)
    if since is None:
        collect_all(store, source, bars)
    else:
        append(store, known, bars.after(since))


def collect_all(store: Store, source, bars: Bars) -> None:
    """Batch: a new collection takes the place of the earlier one when it is whole."""
    if len(bars) == 0:
        raise MarketError("The source has no bars.")
    log.info("%d bars from %s to %s.", len(bars), to_iso(bars.time[0]), to_iso(bars.time[-1]))
    collection_id = store.begin(source.kind, source.origin, source.license)
    store.add(collection_id, bars, features_of(bars), _told)
    kept = store.finish(collection_id)
    log.info("Done: %d bars of %s with their features.", kept["bars"], store.symbol)


def append(store: Store, known: dict, later: Bars) -> None:
    """Incremental: bars after the newest one. Enough bars before them are read for features to be what a batch gives."""
    if len(later) == 0:
        log.info("Nothing new after %s.", known["last_time"])
        return
    before = store.newest_bars(CONTEXT)
    features = features_of(before.followed_by(later))
    new = {name: column[len(before) :] for name, column in features.items()}
    store.add(known["collection_id"], later, new, _told)
    log.info("Done: %d new bars of %s, the newest of %s.", len(later), store.symbol, to_iso(later.time[-1]))


def _usual_symbol(api: Api, options) -> str:
    """With no word of what to collect: again what was collected last."""
    is_chosen = options.source or options.dataset or options.file or options.url
    return SAMPLE if is_chosen else Store.find_newest_symbol(api) or SAMPLE


def _told(done: int, total: int) -> None:
    if total > 2000:
        log.info("%d of %d bars handed in.", done, total)


def _options():
    options = Options(prog="data_collector.py")
    modes, sources = ("batch", "incremental"), ("sample", "csv", "http")
    options.add_argument("--mode", choices=modes, default=from_environment("DATA_COLLECTOR_MODE", "incremental"))
    add_symbol(options, "the one collected last, else SAMPLE")
    options.add_argument("--source", choices=sources, default=from_environment("HEARTH_MARKET_SOURCE"))
    options.add_argument("--dataset", default=from_environment("HEARTH_MARKET_DATASET"), help="of the registry")
    options.add_argument("--file", default=from_environment("HEARTH_MARKET_FILE"), help="in the scripts' folder")
    options.add_argument("--url", default=from_environment("HEARTH_MARKET_URL"))
    options.add_argument("--license", default=from_environment("HEARTH_MARKET_LICENSE"))
    options.add_argument("--bars", type=int, default=8760, help="so many of the sample (hours); default a year")
    given = options.parse_args()
    if given.mode not in modes:
        raise MarketError(f"DATA_COLLECTOR_MODE is {given.mode!r}; it may be batch or incremental.")
    if given.source not in (None, *sources):
        raise MarketError(f"HEARTH_MARKET_SOURCE is {given.source!r}; it may be sample, csv or http.")
    if not 1 <= given.bars <= 1_000_000:
        raise MarketError("--bars must be 1 to 1000000.")
    return given
