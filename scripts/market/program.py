"""How every market program begins and ends: what it logs, and what it says when it fails."""

from __future__ import annotations

import logging
import sys

from .errors import MarketError

log = logging.getLogger("market")


def run(main, log_to=sys.stdout) -> None:
    """Runs ``main`` and ends the process: 0, or 1 with one clear line on stderr."""
    handler = logging.StreamHandler(log_to)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        main()
    except MarketError as error:
        sys.exit(f"ERROR {error}")
    except KeyboardInterrupt:
        sys.exit("ERROR Interrupted.")
