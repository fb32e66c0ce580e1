import { once } from 'node:events';
import {
  AgentMessage,
  createClient,
  type JobEvent,
  type Machine,
  type MetricValue,
  nodeProtocol,
  nodeSocketPath,
  routes,
  ServerMessage,
} from '@hearth/contract';
import { WebSocket } from 'ws';
import type { TestApp } from './test-app.ts';

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;
type Hello = Extract<AgentMessage, { type: 'hello' }>;

export const machine: Machine = {
  hostname: 'workbench',
  os: 'linux',
  arch: 'x64',
  cpu_model: 'test',
  cpu_cores: 2,
  memory_bytes: 8e9,
  gpus: [],
  addresses: ['127.0.0.1'],
};
export const vitalsAt = (at: Date) => ({
  at: at.toISOString(),
  cpu_fraction: 0.25,
  memory_used_bytes: 1e9,
  memory_total_bytes: 8e9,
  disk_used_bytes: null,
  disk_total_bytes: null,
  load_1m: 0.5,
  network_rx_bytes_per_second: null,
  network_tx_bytes_per_second: null,
  gpus: [],
});

export interface Credentials {
  nodeId: string;
  nodeToken: string;
}

/** Joins a machine to the server as an agent does for the first time. */
export async function enrol(test: TestApp, name?: string): Promise<Credentials> {
  const { token } = await test.client(routes.nodes.invite, { body: { name } });
  const { node_id, node_token } = await test.clientOf()(routes.nodes.enrol, { body: { token, machine } });
  return { nodeId: node_id, nodeToken: node_token };
}

/**
 * The agent's side of the wire, told what to say by a test: a real WebSocket that parses every message of the server
 * and ends the test when one does not parse.
 */
export class ScriptedAgent {
  readonly nodeId: string;
  readonly socket: WebSocket;
  readonly received: ServerMessage[] = [];
  readonly #credentials: Credentials;
  readonly #test: TestApp;
  #waiting: (() => void)[] = [];
  #broken: Error | undefined;
  private constructor(test: TestApp, credentials: Credentials) {
    this.#test = test;
    this.#credentials = credentials;
    this.nodeId = credentials.nodeId;
    const headers = { authorization: `Bearer ${credentials.nodeToken}` };
    this.socket = new WebSocket(test.url.replace('http', 'ws') + nodeSocketPath, { headers });
    this.socket.on('message', (data) => this.#receive(data.toString()));
    this.socket.on('close', () => this.#wake());
  }

  /** Connects and says hello; resolves after the welcome. */
  static async connect(
    test: TestApp,
    credentials?: Credentials,
    hello: Partial<Hello> = {},
  ): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(test, credentials ?? (await enrol(test)));
    await once(agent.socket, 'open');
    agent.hello(hello);
    await agent.next('welcome');
    return agent;
  }

  /** Connects without a word. */
  static async silent(test: TestApp, credentials: Credentials): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(test, credentials);
    await once(agent.socket, 'open');
    return agent;
  }

  hello(given: Partial<Hello> = {}): void {
    this.send({
      type: 'hello',
      protocol: nodeProtocol,
      agentVersion: '0.0.0-test',
      machine,
      jobKinds: ['training', 'pull', 'script'],
      engines: ['llama', 'onnx'],
      jobs: [],
      deployments: [],
      ...given,
    });
  }

  /** Sends what an honest agent could; anything else goes through `socket`. */
  send(message: AgentMessage): void {
    this.socket.send(JSON.stringify(AgentMessage.parse(message)));
  }

  heartbeat(leases: string[] = [], at = new Date()): void {
    this.send({ type: 'heartbeat', vitals: vitalsAt(at), leases });
  }

  events({ jobId, leaseId }: Of<'job.assign'>, firstSeq: number, events: JobEvent[]): void {
    this.send({ type: 'job.events', jobId, leaseId, firstSeq, events });
  }

  /** The next unread message of a type that fits; messages of other types stay for others. */
  async next<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Of<T>) => boolean = () => true,
    timeoutMs = 5_000,
  ): Promise<Of<T>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      if (this.#broken) throw this.#broken;
      const index = this.received.findIndex((message) => message.type === type && fits(message as Of<T>));
      if (index >= 0) return this.received.splice(index, 1)[0] as Of<T>;
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`No ${type} within ${timeoutMs} ms; unread: ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, left);
      });
    }
  }

  /** Waits until the server has acknowledged up to `seq`. */
  acked(job: Of<'job.assign'>, seq: number): Promise<Of<'job.ack'>> {
    return this.next('job.ack', (ack) => ack.jobId === job.jobId && ack.seq >= seq);
  }

  async putArtifact(job: Of<'job.assign'>, name: string, bytes: Uint8Array<ArrayBuffer>, sha256: string) {
    const client = createClient({ baseUrl: this.#test.url, token: () => job.jobToken });
    const format = name.split('.').pop()!;
    return client(routes.jobs.putArtifact, {
      params: { id: job.jobId, name },
      query: { sha256, format },
      body: bytes,
    });
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  /** Ends this connection and opens another one, as after a cut. */
  async reconnect(hello: Partial<Hello> = {}): Promise<ScriptedAgent> {
    this.socket.terminate();
    return ScriptedAgent.connect(this.#test, this.#credentials, hello);
  }

  #receive(text: string): void {
    const parsed = ServerMessage.safeParse(JSON.parse(text));
    if (parsed.success) this.received.push(parsed.data);
    else
      this.#broken = new Error(`The server sent what the contract does not know: ${text}`, {
        cause: parsed.error,
      });
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export const eventAt = '2026-01-02T03:04:05.678Z';
export const started = (): JobEvent => ({ type: 'started', at: eventAt });
export const logged = (message: string): JobEvent => ({ type: 'log', at: eventAt, level: 'INFO', message });
export const measured = (step: number, values: Record<string, MetricValue>): JobEvent => ({
  type: 'metrics',
  at: eventAt,
  points: Object.entries(values).map(([key, value]) => ({ key, step, value })),
});
const told = (step: number, values: Record<string, number>): JobEvent => ({
  type: 'metrics',
  at: eventAt,
  points: Object.entries(values).map(([key, value]) => ({ key, step, value })),
});
export const epochEnded = (epoch: number): JobEvent =>
  told(epoch, {
    loss: 1 / epoch,
    accuracy: 1 - 1 / (epoch + 1),
    val_loss: 2 / epoch,
    val_accuracy: 0.5,
  });
export const stepDone = (step: number): JobEvent => told(step, { step_loss: 1 / (step + 1) });
export const printed = (
  stream: 'stdout' | 'stderr',
  offset: number,
  text: string,
  skippedBytes?: number,
): JobEvent => ({
  type: 'output',
  at: eventAt,
  stream,
  offset,
  text,
  ...(skippedBytes ? { skippedBytes } : {}),
});
export const finished = (
  outcome: 'completed' | 'failed' | 'stopped' = 'completed',
  result: Record<string, unknown> = {},
  exitCode: number | null = null,
): JobEvent => ({ type: 'finished', at: eventAt, outcome, result, exitCode });
