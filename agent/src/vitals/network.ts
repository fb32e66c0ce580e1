export interface NetworkBytes {
  rx: number;
  tx: number;
}

/** Interfaces whose bytes are inside this machine, or are counted at a real one already. */
const inner = /^(lo|veth|docker|br-|virbr|tun|tap|wg|bond)/;

/** Bytes since boot over the machine's own interfaces of `/proc/net/dev`. */
export function parseProcNetDev(text: string): NetworkBytes {
  const bytes = { rx: 0, tx: 0 };
  for (const line of text.split('\n')) {
    const [name, counters] = line.split(':');
    if (!counters || inner.test(name?.trim() ?? '')) continue;
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
