import { randomUUID } from 'node:crypto';
import type { Machine, Vitals } from '@hearth/contract';
import { and, asc, eq, gt, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { nodeInvitations, nodes, nodeVitals } from './nodes.table.ts';
import type { Hello } from './nodes.types.ts';

export type NodeRow = typeof nodes.$inferSelect;
export interface Enrolment {
  name: string;
  tokenHash: string;
  machine: Machine;
  at: Date;
}

export class NodesRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  list(): Promise<NodeRow[]> {
    return this.#database.select().from(nodes).orderBy(asc(nodes.createdAt)).limit(1000);
  }

  async find(id: string): Promise<NodeRow | undefined> {
    const [row] = await this.#database.select().from(nodes).where(eq(nodes.id, id));
    return row;
  }

  async findByToken(tokenHash: string): Promise<NodeRow | undefined> {
    const [row] = await this.#database.select().from(nodes).where(eq(nodes.tokenHash, tokenHash));
    return row;
  }

  async addInvitation(invitation: typeof nodeInvitations.$inferInsert): Promise<void> {
    await this.#database.insert(nodeInvitations).values(invitation);
  }

  /** Uses an invitation up and adds the node, or neither. */
  enrolInvited(invitationHash: string, node: Enrolment): Promise<NodeRow | undefined> {
    return this.#database.transaction(async (tx) => {
      const [invitation] = await tx
        .update(nodeInvitations)
        .set({ usedAt: node.at })
        .where(
          and(
            eq(nodeInvitations.tokenHash, invitationHash),
            isNull(nodeInvitations.usedAt),
            gt(nodeInvitations.expiresAt, node.at),
          ),
        )
        .returning();
      if (!invitation) return undefined;
      const { at, ...given } = node;
      const row = { ...given, id: randomUUID(), isLocal: false, createdAt: at };
      const [added] = await tx
        .insert(nodes)
        .values({ ...row, name: invitation.name ?? node.name })
        .returning();
      return added;
    });
  }

  /** The machine beside the server stays one node, however often it enrols; the newest token is its token. */
  async enrolLocal({ at, ...node }: Enrolment): Promise<NodeRow> {
    const [row] = await this.#database
      .insert(nodes)
      .values({ ...node, id: randomUUID(), isLocal: true, createdAt: at })
      .onConflictDoUpdate({
        target: nodes.isLocal,
        targetWhere: sql`is_local`,
        set: { tokenHash: node.tokenHash, machine: node.machine },
      })
      .returning();
    return row!;
  }

  /** Waits for what the node's last connection was being given just now: whoever reads on after this sees it. */
  async greet(id: string, hello: Hello & { linkId: string }, at: Date): Promise<void> {
    const { machine, agentVersion, jobKinds, engines, linkId } = hello;
    await this.#database
      .update(nodes)
      .set({ machine, agentVersion, jobKinds, engines, linkId, lastSeenAt: at })
      .where(eq(nodes.id, id));
  }

  async rename(id: string, name: string): Promise<NodeRow | undefined> {
    const [row] = await this.#database.update(nodes).set({ name }).where(eq(nodes.id, id)).returning();
    return row;
  }

  async remove(id: string): Promise<boolean> {
    const rows = await this.#database.delete(nodes).where(eq(nodes.id, id)).returning({ id: nodes.id });
    return rows.length === 1;
  }

  /** Readings of many nodes in one statement; of nodes that were removed meanwhile none is kept. */
  async addVitals(readings: { nodeId: string; vitals: Vitals }[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const ids = sql.param(readings.map(({ nodeId }) => nodeId));
      const times = sql.param(readings.map(({ vitals }) => vitals.at));
      const texts = sql.param(readings.map(({ vitals }) => JSON.stringify(vitals)));
      await tx.execute(sql`
        insert into node_vitals (node_id, at, reading)
        select given.id, given.at, given.reading
        from unnest(${ids}::uuid[], ${times}::timestamptz[], ${texts}::jsonb[]) as given(id, at, reading)
        join nodes on nodes.id = given.id
        on conflict do nothing`);
      await tx
        .update(nodes)
        .set({ lastSeenAt: sql`now()` })
        .where(inArray(nodes.id, [...new Set(readings.map(({ nodeId }) => nodeId))]));
    });
  }

  async vitals(nodeId: string, since: Date): Promise<Vitals[]> {
    const rows = await this.#database
      .select({ reading: nodeVitals.reading })
      .from(nodeVitals)
      .where(and(eq(nodeVitals.nodeId, nodeId), gte(nodeVitals.at, since)))
      .orderBy(asc(nodeVitals.at));
    return rows.map(({ reading }) => reading);
  }

  async removeVitalsBefore(at: Date): Promise<void> {
    await this.#database.delete(nodeVitals).where(lt(nodeVitals.at, at));
  }
}
