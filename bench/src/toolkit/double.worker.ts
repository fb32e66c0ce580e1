/** The work of the thread pools' row. */
export default function double(n: number): number {
  return n * 2;
}
