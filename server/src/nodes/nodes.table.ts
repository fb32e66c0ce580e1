import type { Machine, Vitals } from '@hearth/contract';
import { sql } from 'drizzle-orm';
import { boolean, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

export const nodes = pgTable(
  'nodes',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    isLocal: boolean('is_local').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    machine: jsonb('machine').$type<Machine>().notNull(),
    agentVersion: text('agent_version'),
    /** What its agent said it can do when it last connected. */
    jobKinds: jsonb('job_kinds').$type<string[]>().notNull().default([]),
    engines: jsonb('engines').$type<string[]>().notNull().default([]),
    /** The connection that said hello last: only the server that holds it may give this node work. */
    linkId: uuid('link_id'),
    lastSeenAt: moment('last_seen_at'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [uniqueIndex('nodes_one_local').on(t.isLocal).where(sql`is_local`)],
);

export const nodeInvitations = pgTable('node_invitations', {
  id: uuid('id').primaryKey(),
  tokenHash: text('token_hash').notNull().unique(),
  name: text('name'),
  createdBy: text('created_by').notNull(),
  expiresAt: moment('expires_at').notNull(),
  usedAt: moment('used_at'),
});

export const nodeVitals = pgTable(
  'node_vitals',
  {
    nodeId: uuid('node_id')
      .notNull()
      .references(() => nodes.id, { onDelete: 'cascade' }),
    at: moment('at').notNull(),
    reading: jsonb('reading').$type<Vitals>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.nodeId, t.at] })],
);
