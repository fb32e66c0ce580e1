import { once } from 'node:events';
import { nodeProtocol, nodeSocketPath } from '@hearth/contract';
import { WebSocket } from 'ws';
import { type Credentials, machine, vitalsAt } from '../../../server/src/testing/scripted-agent.ts';

interface Assigned {
  jobId: string;
  leaseId: string;
}

/**
 * The agent's side of the wire and nothing else: it tells of a job that it started and ended as soon as it gets it. It
 * checks nothing, since an agent's own work is another process's, often another machine's.
 */
export class LeanAgent {
  readonly #socket: WebSocket;
  readonly #beating: NodeJS.Timeout;
  /** Called when a job arrives, and when the server has acknowledged its end. */
  onAssigned: (job: Assigned) => void = () => undefined;
  onEnded: (jobId: string) => void = () => undefined;
  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#beating = setInterval(
      () => this.#send({ type: 'heartbeat', vitals: vitalsAt(new Date()), leases: [] }),
      2_000,
    );
    socket.on('message', (data) => this.#take(JSON.parse(data.toString())));
  }

  static async connect(url: string, { nodeToken }: Credentials): Promise<LeanAgent> {
    const headers = { authorization: `Bearer ${nodeToken}` };
    const socket = new WebSocket(url.replace('http', 'ws') + nodeSocketPath, { headers });
    await once(socket, 'open');
    const agent = new LeanAgent(socket);
    agent.#send({
      type: 'hello',
      protocol: nodeProtocol,
      agentVersion: 'bench',
      machine,
      jobKinds: ['training', 'pull', 'script'],
      engines: [],
      jobs: [],
      deployments: [],
    });
    return agent;
  }

  close(): void {
    clearInterval(this.#beating);
    this.#socket.close();
  }

  #take(message: { type: string; seq?: number } & Assigned): void {
    const { jobId, leaseId } = message;
    if (message.type === 'job.ack' && message.seq === 2) this.onEnded(jobId);
    if (message.type !== 'job.assign') return;
    this.onAssigned(message);
    const at = new Date().toISOString();
    const events = [
      { type: 'started', at },
      { type: 'finished', at, outcome: 'completed' },
    ];
    this.#send({ type: 'job.events', jobId, leaseId, firstSeq: 1, events });
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}
