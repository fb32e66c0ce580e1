"""Trains three kinds of models on the collected bars and hands them to the server with their errors.

    python3 multi_model_trainer.py [batch|retrain] [--symbol NAME]
"""

from market.program import run
from market.trainer import main

if __name__ == "__main__":
    run(main)
