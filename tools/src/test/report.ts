/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: {
      fullName: string;
      status: string;
      failureMessages?: string[] | null;
      meta?: { note?: string };
    }[];
  }[];
}

export interface Tally {
  passed: number;
  failed: number;
  /** Full names of the tests that did not run. */
  leftOut: string[];
}

/** Counts tests; a file that failed before its first test counts as one failure. */
export function tally(report: VitestReport): Tally {
  const result: Tally = { passed: 0, failed: 0, leftOut: [] };
  for (const file of report.testResults) {
    const failedBefore = result.failed;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') result.passed++;
      else if (test.status === 'failed') result.failed++;
      else result.leftOut.push(test.fullName);
    }
    if (file.status === 'failed' && result.failed === failedBefore) result.failed++;
  }
  return result;
}

interface Share {
  total: number;
  covered: number;
}

/** Least share of lines covered, per room (rulings: 80 % of programs and libraries, 70 % of the web app). */
export const coverageFloor: Record<string, number> = {
  contract: 0.8,
  toolkit: 0.8,
  learning: 0.8,
  server: 0.8,
  agent: 0.8,
  bot: 0.8,
  web: 0.7,
};

/** Share of covered lines of each room with a floor; `files` are absolute paths. */
export function coverageByRoom(
  files: Iterable<[path: string, lines: Share]>,
  root: string,
): Map<string, number> {
  const sums = new Map<string, Share>();
  for (const [path, lines] of files) {
    if (!path.startsWith(root)) continue;
    const room = path.slice(root.length).split('/')[0]!;
    const sum = sums.get(room) ?? { total: 0, covered: 0 };
    sums.set(room, { total: sum.total + lines.total, covered: sum.covered + lines.covered });
  }
  const rooms = Object.keys(coverageFloor).filter((room) => sums.has(room));
  return new Map(rooms.map((room) => [room, sums.get(room)!.covered / Math.max(1, sums.get(room)!.total)]));
}
