"""One answer, as one line of JSON on stdout: what the best model says of the newest bar. Stores nothing.

    python3 inference.py [--symbol NAME] [--horizon 6|12|24] [--model best|linear|boosted|lstm]
"""

import sys

from market.inference import main
from market.program import run

if __name__ == "__main__":
    run(main, log_to=sys.stderr)
