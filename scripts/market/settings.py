"""Options of the programs: from the command line, else from the environment, else what is usual."""

from __future__ import annotations

import argparse
import os
import re

from .api import Api
from .errors import MarketError
from .store import Store

SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Options(argparse.ArgumentParser):
    """Refuses in one line on stderr, with exit code 1 as every other error."""

    def error(self, message: str):
        usage = " ".join(self.format_usage()[len("usage: ") :].split())
        raise MarketError(f"{message[:1].upper()}{message[1:]}. Usage: {usage}")


def from_environment(name: str, usual: str | None = None) -> str | None:
    return os.environ.get(name) or usual


def add_symbol(options: Options, usual: str) -> None:
    options.add_argument(
        "--symbol",
        default=from_environment("HEARTH_MARKET_SYMBOL"),
        help=f"name of what is traded; default: HEARTH_MARKET_SYMBOL, else {usual}",
    )


def checked_symbol(symbol: str) -> str:
    if not SYMBOL.fullmatch(symbol) or ".." in symbol:
        raise MarketError(f"{symbol!r} is no symbol: letters, digits, dot, dash and underscore; at most 100.")
    return symbol


def store_of(symbol: str | None) -> Store:
    """The named symbol, else the one collected last."""
    api = Api.from_environment()
    symbol = symbol or Store.find_newest_symbol(api)
    if not symbol:
        raise MarketError("There are no bars yet: run data_collector.py first.")
    return Store(api, checked_symbol(symbol))
