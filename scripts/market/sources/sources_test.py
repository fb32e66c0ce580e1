import contextlib
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np

from market.errors import MarketError
from market.sources import http as http_source
from market.sources.csv_file import bars_of_bytes, bars_of_file
from market.sources.http import bars_of_url
from market.sources.sample import HOUR_MS, START_MS, sample_bars
from market.times import parse_time, to_iso

CSV = "Date,Open,High,Low,Close,Volume\n2020-01-01,1,2,0.5,1.5,10\n2020-01-02,1.5,3,1,2,\n"


class Sample(unittest.TestCase):
    def test_is_the_same_whenever_it_is_asked(self):
        early = sample_bars(START_MS + 500 * HOUR_MS + 1, 10_000)
        late = sample_bars(START_MS + 800 * HOUR_MS, 700)
        self.assertEqual((len(early), len(late)), (500, 700))
        for name in ("time", "open", "high", "low", "close", "volume"):
            np.testing.assert_array_equal(getattr(early, name)[100:], getattr(late, name)[:400])

    def test_begins_with_these_numbers(self):
        bars = sample_bars(START_MS + 3 * HOUR_MS, 3)
        self.assertEqual(to_iso(bars.time[0]), "2024-01-01T00:00:00.000Z")
        self.assertEqual(bars.open[0], 100)
        np.testing.assert_allclose(bars.close, [99.882587, 99.48086, 100.017636], rtol=1e-6)

    def test_bars_are_possible_and_uneasy(self):
        bars = sample_bars(START_MS + 5000 * HOUR_MS, 5000)
        self.assertTrue((bars.high >= np.maximum(bars.open, bars.close)).all())
        self.assertTrue((bars.low <= np.minimum(bars.open, bars.close)).all() and (bars.low > 0).all())
        np.testing.assert_array_equal(bars.open[1:], bars.close[:-1])
        returns = np.diff(np.log(bars.close))
        self.assertTrue(0.002 < returns.std() < 0.01)
        self.assertGreater(np.corrcoef(returns[1:] ** 2, returns[:-1] ** 2)[0, 1], 0.02)

    def test_before_its_beginning_there_is_nothing(self):
        self.assertEqual(len(sample_bars(START_MS - 1, 10)), 0)


class Tables(unittest.TestCase):
    def test_csv_with_names_in_any_case_and_order(self):
        bars = bars_of_bytes(CSV.encode())
        self.assertEqual(bars.close.tolist(), [1.5, 2])
        self.assertTrue(np.isnan(bars.volume[1]))
        other = "\ufeffclose;time;low;high;open\n1.5;1577836800;0.5;2;1\n"
        self.assertEqual(bars_of_bytes(other.encode()).time.tolist(), bars.time[:1].tolist())

    def test_json_in_three_forms(self):
        rows = '[{"t": 1577836800000, "o": 1, "h": 2, "l": 0.5, "c": 1.5, "v": 10}]'
        lists = '{"ok": true, "bars": [["2020-01-01T00:00:00Z", "1", "2", "0.5", "1.5", "10"]]}'
        for text in (rows, lists):
            bars = bars_of_bytes(text.encode())
            self.assertEqual((to_iso(bars.time[0]), bars.close[0]), ("2020-01-01T00:00:00.000Z", 1.5))

    def test_says_what_is_wrong_and_where(self):
        for content, words in (
            (b"date,open,high,low\n2020-01-01,1,1,1\n", "no column 'close'"),
            (CSV.replace("1.5,10", "x,10").encode(), "Row 2 has no number under 'close'"),
            (CSV.replace("2020-01-02", "yesterday").encode(), "Row 3: 'yesterday' is not a time"),
            (b"\xff\xfe", "not UTF-8"),
            (b'{"a": 1}', "no single list"),
            (b"[1, 2", "JSON cannot be read"),
            (b"", "no column 'time'"),
        ):
            with self.assertRaisesRegex(MarketError, words):
                bars_of_bytes(content)

    def test_times(self):
        for given in ("2020-01-01", "2020-01-01T03:00:00+03:00", 1577836800, "1577836800000", 1577836800.0):
            self.assertEqual(parse_time(given), 1577836800000)

    def test_files_inside_the_folder_only(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "scripts"
            root.mkdir()
            (root / "bars.csv").write_text(CSV)
            (Path(folder) / "secret.csv").write_text(CSV)
            (root / "link.csv").symlink_to(Path(folder) / "secret.csv")
            self.assertEqual(len(bars_of_file("bars.csv", root)), 2)
            for path in ("../secret.csv", "link.csv", "/etc/passwd", "."):
                with self.assertRaisesRegex(MarketError, "not inside"):
                    bars_of_file(path, root)
            with self.assertRaisesRegex(MarketError, "cannot be read"):
                bars_of_file("none.csv", root)


class Endpoint(BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("location", "ftp://127.0.0.1/x" if "ftp" in self.path else "file:///etc/passwd")
            self.end_headers()
        elif self.path.startswith("/gone"):
            self.send_error(404)
        else:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(CSV.encode() if self.path.startswith("/bars") else b"x" * 5000)

    def log_message(self, *_):
        pass


class Http(unittest.TestCase):
    def setUp(self):
        self.server = HTTPServer(("127.0.0.1", 0), Endpoint)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        Endpoint.asked.clear()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def test_fills_in_what_is_asked(self):
        bars = bars_of_url(self.url + "/bars?s={symbol}&from={after}", "A.B", "2020-01-01T00:00:00.000Z")
        self.assertEqual(len(bars), 2)
        self.assertEqual(Endpoint.asked, ["/bars?s=A.B&from=2020-01-01T00%3A00%3A00.000Z"])

    def test_follows_to_http_only(self):
        with self.assertRaisesRegex(MarketError, "not allowed"):
            bars_of_url(self.url + "/away", "A", None)
        for url in (self.url + "/away-ftp", "file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/csv,a", "bars.csv"):
            with self.assertRaisesRegex(MarketError, "must begin with http"):
                bars_of_url(url, "A", None)

    def test_refusals_and_silence_are_told(self):
        with self.assertRaisesRegex(MarketError, "answered 404"):
            bars_of_url(self.url + "/gone", "A", None)
        with self.assertRaisesRegex(MarketError, "cannot be reached"):
            bars_of_url("http://127.0.0.1:1/", "A", None)

    def test_a_flood_is_cut(self):
        usual, http_source.MOST_BYTES = http_source.MOST_BYTES, 4000
        try:
            with self.assertRaisesRegex(MarketError, "more than 4000 bytes"):
                bars_of_url(self.url + "/flood", "A", None)
        finally:
            http_source.MOST_BYTES = usual


if __name__ == "__main__":
    unittest.main()
