import type { AgentMessage } from '@hearth/contract';
import { type Config, ConfigError } from './config.ts';
import { Connection } from './connection.ts';
import { Dispatch } from './dispatch.ts';
import { Engines } from './engines/engines.ts';
import { Enrolment } from './enrolment.ts';
import { hold } from './files/hold.ts';
import { startRemovingOldCode } from './files/old-code.ts';
import { makeFolders } from './folders.ts';
import { Cgroups } from './jobs/cgroup.ts';
import { Jobs } from './jobs/jobs.ts';
import type { Log } from './log.ts';
import { createGpuReader } from './vitals/gpus.ts';
import { readMachine } from './vitals/machine.ts';
import { createVitalsReader } from './vitals/vitals.ts';

/** Builds the agent out of its parts, takes on what is left of the one before, and dials the server. */
export async function createAgent(config: Config, log: Log): Promise<{ stop(): Promise<void> }> {
  const { serverUrl, home, localTokenFile, invitation, usesCgroups } = config;
  const folders = makeFolders(home);
  if (!hold(folders.lock))
    throw new ConfigError(`HEARTH_HOME: another agent works in ${folders.root} already`);
  const readGpus = createGpuReader();
  const machine = await readMachine(readGpus);
  const path = folders.credentials;
  const enrolment = new Enrolment({ serverUrl, path, localTokenFile, invitation, machine, log });

  const send = (message: AgentMessage): boolean => connection.send(message);
  const cgroups = usesCgroups ? Cgroups.find(folders.root) : undefined;
  const jobs = new Jobs({ folders, serverUrl, cgroups, send, log });
  const engines = new Engines({ folders, serverUrl, token: () => enrolment.token(), send, log });
  const readVitals = createVitalsReader({ home, readGpus });
  const connection = new Connection({
    serverUrl,
    log,
    token: () => enrolment.token(),
    onUnauthorized: () => enrolment.refused(),
    onOpen: () => dispatch.opened(),
    onMessage: (message) => dispatch.received(message),
    onClose: () => dispatch.closed(),
  });
  const dispatch = new Dispatch({ machine, readVitals, jobs, engines, line: connection, log });

  await jobs.adopt();
  const oldCode = startRemovingOldCode({ folder: folders.code, inUse: () => jobs.codeInUse(), log });
  connection.start();
  return {
    async stop() {
      oldCode.stop();
      await Promise.all([engines.stop(), jobs.stop()]);
      connection.stop();
      dispatch.closed();
    },
  };
}
