export interface NetworkBytes {
  rx: number;
  tx: number;
}

/** Bytes since boot over all interfaces of `/proc/net/dev` but the loopback. */
export function parseProcNetDev(text: string): NetworkBytes {
  const bytes = { rx: 0, tx: 0 };
  for (const line of text.split('\n')) {
    const [name, counters] = line.split(':');
    if (!counters || name?.trim() === 'lo') continue;
    const cells = counters.trim().split(/\s+/).map(Number);
    bytes.rx += cells[0] ?? 0;
    bytes.tx += cells[8] ?? 0;
  }
  return bytes;
}

/** Bytes a second between two readings; null when no time passed or a counter went back (an interface left). */
export function rate(before: number, after: number, elapsedMs: number): number | null {
  if (elapsedMs <= 0 || after < before) return null;
  return ((after - before) * 1000) / elapsedMs;
}
