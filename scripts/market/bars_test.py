import unittest

import numpy as np

from market.bars import bars_of, cleaned


class Cleaning(unittest.TestCase):
    def test_sorts_and_keeps_the_last_of_a_time(self):
        bars, notes = cleaned(bars_of([3, 1, 3], [1, 1, 1], [2, 2, 2], [1, 1, 1], [1, 2, 1.5], [1, 2, 3]))
        self.assertEqual(bars.time.tolist(), [1, 3])
        self.assertEqual(bars.close.tolist(), [2, 1.5])
        self.assertEqual(len(notes), 1)

    def test_leaves_out_what_cannot_be_and_says_so(self):
        nan = float("nan")
        closes = [1.0, nan, 0.0, -1.0, 1.0, 1.0]
        highs = [2.0, 2.0, 2.0, 2.0, 0.5, 2.0]
        volumes = [1.0, 1.0, 1.0, 1.0, 1.0, nan]
        bars, notes = cleaned(bars_of(range(6), [1] * 6, highs, [0.9] * 6, closes, volumes))
        self.assertEqual(bars.time.tolist(), [0, 5])
        self.assertEqual(bars.volume.tolist(), [1, 0])
        self.assertEqual([note.split()[0] for note in notes], ["4", "1"])

    def test_takes_nothing_at_all(self):
        bars, notes = cleaned(bars_of([], [], [], [], [], []))
        self.assertEqual((len(bars), notes), (0, []))
        self.assertEqual(len(bars.newest(3).followed_by(bars)), 0)

    def test_newest_and_after(self):
        bars = bars_of(range(5), *[np.arange(1.0, 6.0)] * 5)
        self.assertEqual(bars.newest(2).time.tolist(), [3, 4])
        self.assertEqual(bars.newest(9).time.tolist(), [0, 1, 2, 3, 4])
        self.assertEqual(bars.after(2).time.tolist(), [3, 4])


if __name__ == "__main__":
    unittest.main()
