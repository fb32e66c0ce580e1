import type { Permission } from '@hearth/contract';

const sections = ['profile', 'keys', 'people', 'alerts', 'audit', 'diagnostics'] as const;
export type Section = (typeof sections)[number];

const permission: Partial<Record<Section, Permission>> = {
  keys: 'keys.manage',
  people: 'users.manage',
  alerts: 'settings.manage',
  audit: 'audit.read',
  diagnostics: 'settings.manage',
};

export const sectionsFor = (can: (permission: Permission) => boolean): Section[] =>
  sections.filter((section) => {
    const needed = permission[section];
    return !needed || can(needed);
  });
