import { CircuitBreaker, ResilientExecutor } from '@hearth/toolkit/reliability';
import * as cockatiel from 'cockatiel';
import type { BenchRow } from '../harness.ts';
import { cpuPerOperation, inTurn } from './cpu-per-operation.ts';
import { loadOpossum } from './opossum.ts';

const operations = 300_000;
const work = async () => 1;
const figure = (call: () => Promise<unknown>) => () => cpuPerOperation(inTurn(call), operations);
const quietly = (call: () => Promise<unknown>) => () => call().catch(() => undefined);

const Opossum = await loadOpossum();
const absent = Opossum ? '' : '; opossum is not installed (bench/peers), so it is left out';
const opossumOptions = { timeout: false, errorThresholdPercentage: 50, resetTimeout: 1e9 };

const newPeer = () =>
  cockatiel.circuitBreaker(cockatiel.handleAll, {
    halfOpenAfter: 1e9,
    breaker: new cockatiel.ConsecutiveBreaker(5),
  });

function closed(): BenchRow {
  const ours = new CircuitBreaker();
  const peer = newPeer();
  const opossum = Opossum && new Opossum(work, opossumOptions);
  return {
    name: 'circuit breaker, closed: a call that succeeds',
    unit: 'CPU-ns/call',
    ours: figure(() => ours.call(work)),
    peers: {
      cockatiel: figure(() => peer.execute(work)),
      ...(opossum && { opossum: figure(() => opossum.fire()) }),
    },
    note: `opossum also keeps rolling statistics${absent}`,
  };
}

function open(): BenchRow {
  const ours = new CircuitBreaker({ failureThreshold: 1, recoveryTimeoutMs: 1e9 });
  const peer = newPeer();
  const failing = () => Promise.reject(new Error('down'));
  const opened = Promise.all([
    ours.call(failing).catch(() => undefined),
    ...Array.from({ length: 5 }, () => peer.execute(failing).catch(() => undefined)),
  ]);
  const opossum = Opossum && new Opossum(failing, opossumOptions);
  opossum?.open();
  const refused = (call: () => Promise<unknown>) => async () => {
    await opened;
    return cpuPerOperation(inTurn(quietly(call)), operations / 3);
  };
  return {
    name: 'circuit breaker, open: a call that is refused',
    unit: 'CPU-ns/call',
    ours: refused(() => ours.call(work)),
    peers: {
      cockatiel: refused(() => peer.execute(work)),
      ...(opossum && { opossum: refused(() => opossum.fire()) }),
    },
    note: `each makes an Error with its stack; ours also says when to come back${absent}`,
  };
}

function stack(): BenchRow {
  const executor = new ResilientExecutor();
  const retry = cockatiel.retry(cockatiel.handleAll, {
    maxAttempts: 2,
    backoff: new cockatiel.ExponentialBackoff(),
  });
  const peer = cockatiel.wrap(retry, newPeer());
  return {
    name: 'retry + breaker: a call that succeeds',
    unit: 'CPU-ns/call',
    ours: figure(() => executor.execute(work)),
    peers: { cockatiel: figure(() => peer.execute(work)) },
    note: 'ours also measures the time and counts the attempts',
  };
}

export const rows: BenchRow[] = [closed(), open(), stack()];
