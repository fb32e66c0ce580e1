import type { Permission } from '@hearth/contract';
import type { IconName } from '../ui/icons.ts';

export interface NavItem {
  /** Path; a page is under this item when its path starts with it. */
  to: string;
  label: string;
  icon: IconName;
  permission?: Permission;
  /** Has its own place in the phone's bottom bar; the others are under "more". */
  primary?: boolean;
}
interface NavGroup {
  label?: string;
  items: NavItem[];
}

/** The side rail, in the order of the work: data, train, model, deploy, talk. */
export const navGroups: NavGroup[] = [
  { items: [{ to: '/', label: 'shell.nav.overview', icon: 'home', primary: true }] },
  {
    label: 'shell.nav.build',
    items: [
      { to: '/datasets', label: 'shell.nav.datasets', icon: 'data', permission: 'registry.read' },
      { to: '/runs', label: 'shell.nav.runs', icon: 'flame', permission: 'training.read', primary: true },
      { to: '/experiments', label: 'shell.nav.experiments', icon: 'sort', permission: 'training.read' },
      { to: '/scripts', label: 'shell.nav.scripts', icon: 'play', permission: 'scripts.read' },
      { to: '/market', label: 'shell.nav.market', icon: 'trend', permission: 'scripts.read' },
      { to: '/models', label: 'shell.nav.models', icon: 'model', permission: 'registry.read', primary: true },
    ],
  },
  {
    label: 'shell.nav.use',
    items: [
      { to: '/deployments', label: 'shell.nav.deployments', icon: 'deploy', permission: 'deployments.read' },
      {
        to: '/playground',
        label: 'shell.nav.playground',
        icon: 'chat',
        permission: 'inference.use',
        primary: true,
      },
    ],
  },
  {
    label: 'shell.nav.look',
    items: [
      { to: '/queue', label: 'shell.nav.queue', icon: 'list', permission: 'jobs.read' },
      { to: '/nodes', label: 'shell.nav.nodes', icon: 'node', permission: 'nodes.read' },
      { to: '/settings', label: 'shell.nav.settings', icon: 'settings' },
    ],
  },
];

export const isUnder = (path: string, item: NavItem): boolean =>
  item.to === '/' ? path === '/' : path === item.to || path.startsWith(`${item.to}/`);
