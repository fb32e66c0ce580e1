"""Predicts with every trained model for every horizon at the newest bar, and hands the predictions to the server.

    python3 predictor.py [--symbol NAME]
"""

from market.predictor import main
from market.program import run

if __name__ == "__main__":
    run(main)
