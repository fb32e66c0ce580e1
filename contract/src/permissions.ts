/** People's roles (document 002, 2.1). */
export const roles = ['user', 'manager', 'moderator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What can be allowed. An API key's scopes are taken from this list, or are `*`. */
export const permissions = [
  'inference.use',
  'registry.read',
  'registry.write',
  'training.read',
  'training.write',
  'deployments.read',
  'deployments.write',
  'nodes.read',
  'nodes.write',
  'jobs.read',
  'jobs.write',
  'scripts.read',
  'scripts.run',
  'keys.manage',
  'users.manage',
  'settings.manage',
  'audit.read',
] as const;
export type Permission = (typeof permissions)[number];

const reading: Permission[] = [
  'registry.read',
  'training.read',
  'deployments.read',
  'nodes.read',
  'jobs.read',
  'scripts.read',
];

/** The one permission table: role → what it may do. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  user: ['inference.use', 'deployments.read'],
  moderator: ['inference.use', ...reading, 'audit.read'],
  manager: [
    'inference.use',
    ...reading,
    'registry.write',
    'training.write',
    'deployments.write',
    'jobs.write',
    'scripts.run',
    'keys.manage',
  ],
  admin: permissions,
};
