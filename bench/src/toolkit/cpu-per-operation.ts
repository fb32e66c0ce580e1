/** CPU of this process, all threads, for one operation in nanoseconds: `operations` of them after a warm-up. */
export async function cpuPerOperation(
  run: (operations: number) => void | Promise<void>,
  operations: number,
): Promise<number> {
  await run(Math.ceil(operations / 10));
  const before = process.cpuUsage();
  await run(operations);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / operations;
}

/** `call`, one after the other. */
export const inTurn = (call: () => Promise<unknown>) => async (operations: number) => {
  for (let i = 0; i < operations; i++) await call();
};
