/** One line of the table: our figure and the peers', measured in the same run; lower is better unless said. */
export interface BenchRow {
  name: string;
  /** Unit of the numbers, e.g. "CPU-µs/request", "ms/step". */
  unit: string;
  /** True where larger numbers are better (rates). */
  higherIsBetter?: boolean;
  /** Measures once and resolves to the figure. */
  ours: () => Promise<number>;
  peers: Record<string, () => Promise<number>>;
  /** What is compared, and what explains a difference. */
  note?: string;
}

export interface BenchResult {
  name: string;
  unit: string;
  ours: number;
  peers: { name: string; figure: number; ratio: number }[];
  note: string;
}

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Runs ours and each peer in turn, `rounds` times over, so that a noisy minute hits all alike; medians. */
export async function measure(row: BenchRow, rounds = 5): Promise<BenchResult> {
  const lanes = [['ours', row.ours] as const, ...Object.entries(row.peers)];
  const figures = new Map<string, number[]>(lanes.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of lanes) figures.get(name)!.push(await run());
  }
  const ours = median(figures.get('ours')!);
  const peers = Object.keys(row.peers).map((name) => {
    const figure = median(figures.get(name)!);
    return { name, figure, ratio: ours / figure };
  });
  return { name: row.name, unit: row.unit, ours, peers, note: row.note ?? '' };
}

const short = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toPrecision(3);

/** A Markdown table; the ratio is ours ÷ peer. */
export function table(results: BenchResult[]): string {
  const lines = results.flatMap((r) =>
    r.peers.length === 0
      ? [`| ${r.name} | ${short(r.ours)} ${r.unit} | | | | ${r.note} |`]
      : r.peers.map(
          (p, i) =>
            `| ${i === 0 ? r.name : ''} | ${i === 0 ? `${short(r.ours)} ${r.unit}` : ''} | ${p.name} | ${short(p.figure)} | ${p.ratio.toFixed(2)} | ${i === 0 ? r.note : ''} |`,
        ),
  );
  return [
    '| what | Hearth | peer | its figure | Hearth ÷ peer | note |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
