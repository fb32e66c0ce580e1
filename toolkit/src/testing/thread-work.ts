/** Work that the tests of the thread pool run on other threads. */
export default function double(n: number): number {
  return n * 2;
}

export function filled(bytes: number, value: number): Uint8Array {
  return new Uint8Array(bytes).fill(value);
}

export const notAFunction = 1;
