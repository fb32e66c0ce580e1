import type { User } from '@hearth/contract';
import type { UserRow } from './users.repository.ts';

/** A person as the contract shows them. */
export const toUser = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  language: row.language,
  is_active: row.isActive,
  created_at: row.createdAt.toISOString(),
  last_login_at: row.lastLoginAt?.toISOString() ?? null,
});
