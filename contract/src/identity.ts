import { z } from 'zod';
import { permissions, roles } from './permissions.ts';
import { route } from './route.ts';
import { Language, Message, PageQuery, pageOf, Timestamp, Uuid } from './values.ts';

export const Email = z
  .email()
  .max(255)
  .transform((email) => email.toLowerCase());
/** bcrypt reads 72 bytes, so longer passwords are refused rather than silently cut. */
export const Password = z
  .string()
  .min(8)
  .refine((p) => new TextEncoder().encode(p).length <= 72, 'at most 72 bytes');

export const User = z
  .object({
    id: Uuid,
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    language: Language,
    is_active: z.boolean(),
    created_at: Timestamp,
    last_login_at: Timestamp.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

/** An access token for the `Authorization` header; the refresh token travels in an HTTP-only cookie. */
export const Session = z
  .object({
    access_token: z.string(),
    expires_at: Timestamp,
    user: User,
    permissions: z.array(z.enum(permissions)),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const SetupState = z.object({ needed: z.boolean(), version: z.string() }).meta({ id: 'SetupState' });

export const ApiKey = z
  .object({
    id: Uuid,
    name: z.string(),
    /** First characters of the key, to recognise it by. */
    hint: z.string(),
    scopes: z.array(z.union([z.literal('*'), z.enum(permissions)])),
    created_at: Timestamp,
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

export const AuditRow = z
  .object({
    id: z.string(),
    at: Timestamp,
    actor: z.string(),
    action: z.string(),
    target: z.string().nullable(),
    success: z.boolean(),
    ip: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditRow' });
export type AuditRow = z.infer<typeof AuditRow>;

export const Settings = z.object({ alert_email: z.email().nullable() }).meta({ id: 'Settings' });
export type Settings = z.infer<typeof Settings>;

const tag = 'identity';
const name = z.string().trim().min(1).max(100);
export const identityRoutes = {
  setupState: route({
    method: 'GET',
    path: '/api/v1/setup',
    summary: 'Does this server still wait for its first administrator?',
    tag,
    access: 'public',
    response: SetupState,
  }),
  setUp: route({
    method: 'POST',
    path: '/api/v1/setup',
    summary: 'Create the first administrator with the one-time token',
    tag,
    access: 'public',
    body: z.object({
      token: z.string().min(1).max(200),
      email: Email,
      password: Password,
      name,
      alert_email: z.email().nullish(),
      language: Language.default('ru'),
    }),
    status: 201,
    response: Session,
    errors: ['setup.done', 'setup.wrong_token'],
  }),
  login: route({
    method: 'POST',
    path: '/api/v1/auth/login',
    summary: 'Sign in',
    tag,
    access: 'public',
    body: z.object({ email: Email, password: z.string().min(1).max(200) }),
    response: Session,
    errors: ['auth.wrong_credentials', 'auth.wait', 'setup.required'],
  }),
  refresh: route({
    method: 'POST',
    path: '/api/v1/auth/refresh',
    summary: 'Trade the refresh cookie for a new access token; the cookie rotates',
    tag,
    access: 'public',
    response: Session,
    errors: ['auth.required'],
  }),
  logout: route({
    method: 'POST',
    path: '/api/v1/auth/logout',
    summary: 'End this session',
    tag,
    access: 'public',
    response: Message,
  }),
  me: route({
    method: 'GET',
    path: '/api/v1/me',
    summary: 'Who am I?',
    tag,
    access: 'signed-in',
    response: z.object({ user: User.nullable(), permissions: z.array(z.enum(permissions)) }),
  }),
  updateMe: route({
    method: 'PATCH',
    path: '/api/v1/me',
    summary: 'Change my name, language or password',
    tag,
    access: 'signed-in',
    body: z.object({
      name: name.optional(),
      language: Language.optional(),
      password: Password.optional(),
      current_password: z.string().max(200).optional(),
    }),
    response: User,
    errors: ['auth.wrong_credentials'],
  }),
  listKeys: route({
    method: 'GET',
    path: '/api/v1/api-keys',
    summary: 'API keys (never the keys themselves)',
    tag,
    access: 'keys.manage',
    response: z.array(ApiKey),
  }),
  createKey: route({
    method: 'POST',
    path: '/api/v1/api-keys',
    summary: 'Create an API key; it is shown this once',
    tag,
    access: 'keys.manage',
    body: z.object({
      name,
      scopes: z
        .array(z.union([z.literal('*'), z.enum(permissions)]))
        .min(1)
        .default(['*']),
      expires_at: Timestamp.nullish(),
    }),
    status: 201,
    response: ApiKey.extend({ key: z.string() }),
  }),
  revokeKey: route({
    method: 'DELETE',
    path: '/api/v1/api-keys/:id',
    summary: 'Revoke an API key',
    tag,
    access: 'keys.manage',
    params: z.object({ id: Uuid }),
    response: Message,
    errors: ['key.not_found'],
  }),
  listUsers: route({
    method: 'GET',
    path: '/api/v1/admin/users',
    summary: 'People',
    tag,
    access: 'users.manage',
    query: PageQuery.extend({ search: z.string().max(100).optional() }),
    response: pageOf(User),
  }),
  createUser: route({
    method: 'POST',
    path: '/api/v1/admin/users',
    summary: 'Add a person',
    tag,
    access: 'users.manage',
    body: z.object({
      email: Email,
      password: Password,
      name,
      role: z.enum(roles),
      language: Language.default('ru'),
    }),
    status: 201,
    response: User,
    errors: ['user.exists'],
  }),
  updateUser: route({
    method: 'PATCH',
    path: '/api/v1/admin/users/:id',
    summary: "Change a person's role, or block them",
    tag,
    access: 'users.manage',
    params: z.object({ id: Uuid }),
    body: z.object({ role: z.enum(roles).optional(), is_active: z.boolean().optional() }),
    response: User,
    errors: ['user.not_found', 'user.last_admin'],
  }),
  settings: route({
    method: 'GET',
    path: '/api/v1/admin/settings',
    summary: 'Settings kept in the database',
    tag,
    access: 'settings.manage',
    response: Settings,
  }),
  updateSettings: route({
    method: 'PATCH',
    path: '/api/v1/admin/settings',
    summary: 'Change settings',
    tag,
    access: 'settings.manage',
    body: Settings.partial(),
    response: Settings,
  }),
  audit: route({
    method: 'GET',
    path: '/api/v1/admin/audit',
    summary: 'What was done, newest first',
    tag,
    access: 'audit.read',
    query: PageQuery.extend({ action: z.string().max(100).optional() }),
    response: pageOf(AuditRow),
  }),
};
