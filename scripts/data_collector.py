"""Collects price bars, computes their features and hands both to the server.

    python3 data_collector.py [--mode batch|incremental] [--symbol NAME] [--source sample|csv|http] ...

The mode also comes from DATA_COLLECTOR_MODE, the others from HEARTH_MARKET_SYMBOL, HEARTH_MARKET_SOURCE, and so on.
"""

from market.collector import main
from market.program import run

if __name__ == "__main__":
    run(main)
