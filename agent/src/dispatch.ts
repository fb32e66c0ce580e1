import {
  type AgentMessage,
  type Machine,
  nodeProtocol,
  type ServerMessage,
  type Vitals,
} from '@hearth/contract';
import { agentVersion } from './config.ts';
import type { Engines } from './engines/engines.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Log } from './log.ts';

export interface DispatchOptions {
  machine: Machine;
  readVitals: () => Promise<Vitals>;
  jobs: Jobs;
  engines: Engines;
  /** The line to the server, as far as this needs it. */
  line: { send(message: AgentMessage): boolean; settled(): void };
  log: Log;
}

/** Turns what the server says into calls, and says hello and the heartbeat. */
export class Dispatch {
  readonly #options: DispatchOptions;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  opened(): void {
    const { machine, jobs, engines, line } = this.#options;
    line.send({
      type: 'hello',
      protocol: nodeProtocol,
      agentVersion,
      machine,
      jobKinds: ['training', 'pull', 'script'],
      engines: ['llama', 'onnx'],
      jobs: jobs.list(),
      deployments: engines.reports(),
    });
  }

  closed(): void {
    clearInterval(this.#heartbeat);
    this.#options.jobs.pause();
    this.#options.engines.abortAll();
  }

  received(message: ServerMessage): void {
    const { jobs, engines, log } = this.#options;
    switch (message.type) {
      case 'welcome':
        this.#welcome(message);
        break;
      case 'job.assign':
        void jobs.assign(message);
        break;
      case 'job.cancel':
        void jobs.cancel(message);
        break;
      case 'job.drop':
        void jobs.drop(message);
        break;
      case 'job.ack':
        jobs.acknowledge(message);
        break;
      case 'deployments':
        engines.converge(message.deployments);
        break;
      case 'inference.start':
        engines.start(message);
        break;
      case 'inference.abort':
        engines.abort(message.requestId);
        break;
      case 'problem':
        log.error({ code: message.code }, `The server objects: ${message.message}`);
        break;
      default:
        message satisfies never;
    }
  }

  #welcome({ heartbeatMs, jobs, deployments }: Extract<ServerMessage, { type: 'welcome' }>): void {
    this.#options.line.settled();
    this.#options.log.info('Connected to the server.');
    this.#options.jobs.welcome(jobs);
    this.#options.engines.converge(deployments);
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => void this.#beat(), heartbeatMs);
    void this.#beat();
  }

  async #beat(): Promise<void> {
    const { readVitals, jobs, line, log } = this.#options;
    try {
      const vitals = await readVitals();
      line.send({ type: 'heartbeat', vitals, leases: jobs.list().map(({ leaseId }) => leaseId) });
    } catch (err) {
      log.error({ err }, 'This machine could not be measured.');
    }
  }
}
