import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Machine, Node, Vitals } from '@hearth/contract';
import type { NodeCaller } from '../platform/access.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import { newToken, tokenDigest } from '../platform/tokens.ts';
import type { LinksService } from './links.service.ts';
import type { NodeRow, NodesRepository } from './nodes.repository.ts';
import type { Hello, NodeListener, WorkMessage } from './nodes.types.ts';
import type { VitalsService } from './vitals.service.ts';

const invitationMs = 24 * 60 * 60_000;

/** Machines: how they join, what is known of them, how they are. */
export class NodesService implements NodeListener {
  readonly #repository: NodesRepository;
  readonly #links: LinksService;
  readonly #vitals: VitalsService;
  readonly #live: LiveHub;
  readonly #clock: Clock;
  readonly #localTokenFile: string | undefined;
  /** Jobs leased to each node; handed in by jobs. */
  activeJobs: () => Promise<Map<string, number>> = async () => new Map();
  constructor(
    repository: NodesRepository,
    links: LinksService,
    vitals: VitalsService,
    live: LiveHub,
    clock: Clock,
    localTokenFile?: string,
  ) {
    this.#repository = repository;
    this.#links = links;
    this.#vitals = vitals;
    this.#live = live;
    this.#clock = clock;
    this.#localTokenFile = localTokenFile;
  }

  async list(): Promise<Node[]> {
    const [rows, active] = await Promise.all([this.#repository.list(), this.activeJobs()]);
    return rows.map((row) => this.#asNode(row, active));
  }

  async get(id: string): Promise<Node> {
    const [row, active] = await Promise.all([this.#repository.find(id), this.activeJobs()]);
    if (!row) throw notFound(id);
    return this.#asNode(row, active);
  }

  /** Enrolled machines, also those away just now, with what their agents can do. */
  async capabilities() {
    const rows = await this.#repository.list();
    return rows.map(({ id, name, jobKinds, engines }) => ({ nodeId: id, name, jobKinds, engines }));
  }

  async history(id: string, minutes: number): Promise<Vitals[]> {
    if (!(await this.#repository.find(id))) throw notFound(id);
    return this.#vitals.history(id, minutes);
  }

  async invite(createdBy: string, name?: string): Promise<{ token: string; expires_at: string }> {
    const token = newToken('hi_');
    const expiresAt = new Date(this.#clock().getTime() + invitationMs);
    const invitation = { id: randomUUID(), tokenHash: tokenDigest(token), name: name ?? null };
    await this.#repository.addInvitation({ ...invitation, createdBy, expiresAt });
    return { token, expires_at: expiresAt.toISOString() };
  }

  async enrol(
    token: string,
    machine: Machine,
  ): Promise<{ node_id: string; node_token: string; name: string }> {
    const nodeToken = newToken('hn_');
    const at = this.#clock();
    const enrolment = {
      name: machine.hostname.slice(0, 100) || 'node',
      tokenHash: tokenDigest(nodeToken),
      machine,
      at,
    };
    const row = (await this.#isLocalToken(token))
      ? await this.#repository.enrolLocal(enrolment)
      : await this.#repository.enrolInvited(tokenDigest(token), enrolment);
    if (!row) throw new AppError('node.wrong_token', 'This invitation is unknown, used up or expired.');
    await this.#publish(row.id);
    return { node_id: row.id, node_token: nodeToken, name: row.name };
  }

  async authenticate(token: string): Promise<NodeCaller | undefined> {
    if (!token.startsWith('hn_')) return undefined;
    const row = await this.#repository.findByToken(tokenDigest(token));
    return row && { kind: 'node', id: row.id, name: row.name, permissions: [] };
  }

  async rename(id: string, name: string): Promise<Node> {
    if (!(await this.#repository.rename(id, name))) throw notFound(id);
    await this.#publish(id);
    return this.get(id);
  }

  async remove(id: string): Promise<void> {
    const busy = (await this.activeJobs()).get(id) ?? 0;
    if (busy > 0)
      throw new AppError('node.busy', 'This machine works on a job: stop it first.', { jobs: busy });
    if (!(await this.#repository.remove(id))) throw notFound(id);
    this.#links.disconnect(id, 'this machine was removed');
    this.#vitals.forget(id);
    this.#live.publish('nodes', { type: 'node.removed', id });
  }

  async onHello(nodeId: string, hello: Hello, linkId: string) {
    await this.#repository.greet(nodeId, { ...hello, linkId }, this.#clock());
    return {};
  }

  async onMessage(nodeId: string, message: WorkMessage): Promise<void> {
    if (message.type !== 'heartbeat') return;
    this.#vitals.add(nodeId, message.vitals);
    await this.#publish(nodeId);
  }

  async onOnline(nodeId: string): Promise<void> {
    await this.#publish(nodeId);
  }

  async onOffline(nodeId: string): Promise<void> {
    await this.#publish(nodeId);
  }

  /** Tells listeners how the node is now; news that cannot be read is no reason to fail what caused it. */
  async #publish(nodeId: string): Promise<void> {
    if (!this.#live.hasSubscribers('nodes')) return;
    const node = await this.get(nodeId).catch(() => undefined);
    if (node) this.#live.publish('nodes', { type: 'node.updated', node });
  }

  async #isLocalToken(token: string): Promise<boolean> {
    if (this.#localTokenFile === undefined) return false;
    const local = await readFile(this.#localTokenFile, 'utf8').catch(() => '');
    return local.trim().length >= 16 && tokenDigest(local.trim()) === tokenDigest(token);
  }

  #asNode(row: NodeRow, active: Map<string, number>): Node {
    const heardAt = this.#links.heardAt(row.id);
    return {
      id: row.id,
      name: row.name,
      status: heardAt ? 'online' : 'offline',
      is_local: row.isLocal,
      agent_version: row.agentVersion,
      machine: row.machine,
      vitals: heardAt ? this.#vitals.latest(row.id) : null,
      running_jobs: active.get(row.id) ?? 0,
      last_seen_at: (heardAt ?? row.lastSeenAt)?.toISOString() ?? null,
      created_at: row.createdAt.toISOString(),
    };
  }
}

const notFound = (id: string) => new AppError('node.not_found', 'There is no such machine.', { id });
