import type { Waiting } from '@hearth/contract';

/** What a job, or all of a gang, needs of machines. */
interface Need {
  kind: string;
  gpuCount: number;
  /** Machines at once. */
  size: number;
}
const gpusOf = (count: number) => `${count} GPU${count > 1 ? 's' : ''}`;

/** Why it cannot begin however long it waits, when only so many of the machines online could do it. */
export function cannotBegin({ kind, gpuCount: gpus, size: machines }: Need, online: number): Waiting {
  const what = `${machines > 1 ? `${machines} machines at once` : 'a machine'}${gpus > 0 ? ` with ${gpusOf(gpus)}` : ''}`;
  const message = `Needs ${what} for ${kind} jobs; online ${online === 1 ? 'is' : 'are'} ${online}.`;
  if (machines > 1)
    return gpus > 0
      ? {
          code: 'waiting.too_few_machines_with_gpus',
          message,
          details: { kind, machines, gpus, online },
        }
      : { code: 'waiting.too_few_machines', message, details: { kind, machines, online } };
  return gpus > 0
    ? { code: 'waiting.no_machine_with_gpus', message, details: { kind, gpus } }
    : { code: 'waiting.no_machine', message, details: { kind } };
}

/** What it waits for beyond a free place, when so many machines are ready; undefined where that is all. */
export function shortage({ gpuCount: gpus, size: machines }: Need, ready: number): Waiting | undefined {
  if (machines > 1) {
    const message = `Waits until ${machines} machines have room at once; ${ready} of them ${ready === 1 ? 'has' : 'have'}.`;
    return { code: 'waiting.machines_busy', message, details: { machines, ready } };
  }
  if (gpus === 0) return undefined;
  const message = `Waits until ${gpusOf(gpus)} of one machine are free.`;
  return { code: 'waiting.gpus_busy', message, details: { gpus } };
}
