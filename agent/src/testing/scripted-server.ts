import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AgentMessage,
  type DeploymentSpec,
  type Gang,
  type JobEvent,
  type JobPayload,
  Machine,
  nodeSocketPath,
  type ServerMessage,
} from '@hearth/contract';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

interface ScriptedJob {
  jobId: string;
  leaseId: string;
  token: string;
  payload: JobPayload;
  cancel: boolean;
  events: JobEvent[];
  artifacts: Map<string, Buffer>;
}

/**
 * A server for agents to talk to in tests: real HTTP, real WebSocket, every message parsed. It applies a job's
 * events as the product's server does (in order, once, gaps refused) and keeps what arrived.
 */
export class ScriptedServer {
  readonly invitation: string = 'an invitation';
  readonly heard: AgentMessage[] = [];
  readonly faults: string[] = [];
  readonly jobs = new Map<string, ScriptedJob>();
  readonly blobs = new Map<string, Buffer>();
  readonly tokens = new Set<string>();
  deployments: DeploymentSpec[] = [];
  connections = 0;
  /** False lets events arrive without ever acknowledging them. */
  acknowledges = true;
  welcomes = true;
  /** True refuses results, as a server without space does. */
  isFull = false;
  #sockets = new Set<WebSocket>();
  #waiters: (() => void)[] = [];
  #http = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      this.faults.push(String(error));
      response.writeHead(500).end();
    });
  });
  #ws = new WebSocketServer({ noServer: true });
  #port = 0;

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    server.#http.on('upgrade', (request, socket, head) => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      if (request.url !== nodeSocketPath || !server.tokens.has(token)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
        return;
      }
      server.#ws.handleUpgrade(request, socket, head, (ws) => server.#accept(ws));
    });
    await server.listen();
    onTestFinished(() => server.stop());
    return server;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Goes away as a killed server does; `listen` brings it back on the same port. */
  async stop(): Promise<void> {
    this.cut();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  send(message: ServerMessage | string): void {
    for (const socket of this.#sockets)
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  addBlob(bytes: Buffer): { sha256: string; sizeBytes: number } {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.blobs.set(sha256, bytes);
    return { sha256, sizeBytes: bytes.length };
  }

  assign(
    payload: JobPayload,
    { gpus = [], gang = null }: { gpus?: number[]; gang?: Gang | null } = {},
  ): ScriptedJob {
    const job: ScriptedJob = {
      jobId: randomUUID(),
      leaseId: randomUUID(),
      token: randomUUID(),
      payload,
      cancel: false,
      events: [],
      artifacts: new Map(),
    };
    this.jobs.set(job.jobId, job);
    const { jobId, leaseId } = job;
    this.send({ type: 'job.assign', jobId, leaseId, jobToken: job.token, payload, gpus, gang });
    return job;
  }

  cancel({ jobId, leaseId }: ScriptedJob): void {
    const job = this.jobs.get(jobId);
    if (job) job.cancel = true;
    this.send({ type: 'job.cancel', jobId, leaseId });
  }

  /** Waits until something is so; looks again after everything that is heard. */
  async until<T>(what: () => T | undefined | false, timeoutMs = 15_000): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = what();
      if (found) return found;
      if (performance.now() > deadline) throw new Error(`It never came to be: ${what}; ${this.faults}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #accept(ws: WebSocket): void {
    this.connections += 1;
    this.#sockets.add(ws);
    ws.on('close', () => this.#sockets.delete(ws));
    ws.on('message', (data) => {
      const parsed = AgentMessage.safeParse(JSON.parse(String(data)));
      if (!parsed.success) this.faults.push(z.prettifyError(parsed.error));
      else this.#hear(parsed.data, ws);
    });
  }

  #hear(message: AgentMessage, ws: WebSocket): void {
    this.heard.push(message);
    if (message.type === 'hello' && this.welcomes) this.#welcome(ws);
    if (message.type === 'job.events') this.#apply(message, ws);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #welcome(ws: WebSocket): void {
    const jobs = [...this.jobs.values()]
      .filter((job) => job.events.at(-1)?.type !== 'finished')
      .map(({ jobId, leaseId, events, cancel }) => ({ jobId, leaseId, ackedSeq: events.length, cancel }));
    const { deployments } = this;
    const welcome: ServerMessage = {
      type: 'welcome',
      nodeId: randomUUID(),
      heartbeatMs: 200,
      jobs,
      deployments,
    };
    ws.send(JSON.stringify(welcome));
  }

  #apply(
    { jobId, leaseId, firstSeq, events }: Extract<AgentMessage, { type: 'job.events' }>,
    ws: WebSocket,
  ): void {
    const job = this.jobs.get(jobId);
    if (job?.leaseId !== leaseId) {
      this.faults.push(`events of a job this server does not know: ${jobId}`);
      return;
    }
    if (firstSeq <= job.events.length + 1) job.events.push(...events.slice(job.events.length + 1 - firstSeq));
    const ack: ServerMessage = { type: 'job.ack', jobId, leaseId, seq: job.events.length };
    if (this.acknowledges && ws.readyState === WebSocket.OPEN) ws.send(JSON.stringify(ack));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const refuse = (status: number, code: string) =>
      json(status, { error: { code, message: code, details: {} } });
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';

    if (request.method === 'POST' && url.pathname === '/api/v1/nodes/enrol') {
      const given = z.object({ token: z.string(), machine: Machine }).parse(JSON.parse(body.toString()));
      if (given.token !== this.invitation) return void refuse(401, 'node.wrong_token');
      const nodeToken = randomUUID();
      this.tokens.add(nodeToken);
      return void json(201, { node_id: randomUUID(), node_token: nodeToken });
    }
    const blob = /^\/api\/v1\/blobs\/([0-9a-f]{64})$/.exec(url.pathname);
    if (request.method === 'GET' && blob) {
      if (!this.#knows(token)) return void refuse(401, 'auth.required');
      const bytes = this.blobs.get(blob[1] ?? '');
      if (!bytes) return void refuse(404, 'artifact.not_found');
      response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
      return;
    }
    const put = /^\/api\/v1\/jobs\/([^/]+)\/artifacts\/([^/]+)$/.exec(url.pathname);
    const job = this.jobs.get(put?.[1] ?? '');
    if (request.method === 'PUT' && job) {
      if (token !== job.token) return void refuse(401, 'auth.required');
      if (this.isFull) return void refuse(507, 'storage.full');
      const sha256 = createHash('sha256').update(body).digest('hex');
      if (sha256 !== url.searchParams.get('sha256')) return void refuse(400, 'artifact.digest_mismatch');
      job.artifacts.set(put?.[2] ?? '', body);
      return void json(201, { sha256, size_bytes: body.length });
    }
    this.faults.push(`${request.method} ${request.url}`);
    refuse(404, 'route.not_found');
  }

  #knows(token: string): boolean {
    return this.tokens.has(token) || [...this.jobs.values()].some((job) => job.token === token);
  }
}
