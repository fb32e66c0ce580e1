import type { Permission } from '@hearth/contract';
import { AppError } from './errors.ts';

interface Known {
  id: string;
  /** As audit rows and `created_by` name them. */
  name: string;
  permissions: readonly Permission[];
}
export interface PersonCaller extends Known {
  kind: 'person';
  ownerId: string;
}
export interface KeyCaller extends Known {
  kind: 'key';
  /** The person who answers for the key; none for keys of the settings. */
  ownerId: string | undefined;
}
export interface NodeCaller extends Known {
  kind: 'node';
}
/** The process of one leased job; `id` is the job's. */
export interface JobCaller extends Known {
  kind: 'job';
  leaseId: string;
  /** The tracked run it works on. */
  runId: string | undefined;
}
export type Caller = PersonCaller | KeyCaller | NodeCaller | JobCaller;

/** What a request shows to prove who it is. */
export interface Attempt {
  token: string;
  /** Method and declared path. */
  route: string;
  ip: string;
}
export type Authenticator<C extends Caller = Caller> = (attempt: Attempt) => Promise<C | undefined>;

/** Who is asked, by kind of access. Domains hand in theirs when the app is built. */
export interface Authenticators {
  user: Authenticator<PersonCaller | KeyCaller>;
  node: Authenticator<NodeCaller>;
  job: Authenticator<JobCaller>;
}

export function requirePermission(caller: Caller, permission: Permission): void {
  if (!caller.permissions.includes(permission))
    throw new AppError('auth.forbidden', `This needs the permission ${permission}.`, { permission });
}

/** Bearer (scheme in any case) wins over X-API-Key; the password of Basic is a token too, whatever the name. */
export function tokenOf(headers: Record<string, string | string[] | undefined>): string | undefined {
  const [, scheme = '', value = ''] =
    /^(bearer|basic) +(.*\S) *$/i.exec(String(headers.authorization ?? '')) ?? [];
  const apiKey = headers['x-api-key'];
  const sent = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  return sent || (typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined);
}

function passwordOf(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}
