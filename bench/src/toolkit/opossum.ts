import { loadPeer } from '../peers.ts';

/** What the benchmark uses of opossum. */
interface OpossumBreaker {
  fire(): Promise<unknown>;
  open(): void;
  shutdown(): void;
}
type OpossumConstructor = new (action: () => Promise<unknown>, options: object) => OpossumBreaker;

/** opossum, or undefined where `bench/peers` is not installed. */
export async function loadOpossum(): Promise<OpossumConstructor | undefined> {
  try {
    return (await loadPeer<{ default: OpossumConstructor }>('opossum.mjs')).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
