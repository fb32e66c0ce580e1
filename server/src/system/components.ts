import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentsService } from '../inference/deployments.service.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Config } from '../platform/config.ts';
import { type Database, pingDatabase } from '../platform/database.ts';
import type { Component } from './health.service.ts';

export interface ComponentNeeds {
  database: Database;
  config: Config;
  nodes: NodesService;
  links: LinksService;
  deployments: DeploymentsService;
}
/** With less, uploads and artifacts soon fail. */
const leastFreeBytes = 64 * 1024 ** 2;

/** The parts whose health is told, and how each is looked at. */
export const componentsOf = ({
  database,
  config,
  nodes,
  links,
  deployments,
}: ComponentNeeds): Component[] => [
  { name: 'database', essential: true, check: () => pingDatabase(database) },
  {
    name: 'store',
    essential: true,
    check: async (note) => {
      const folder = join(config.home, 'server/store');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize, blocks } = await statfs(folder);
      note({ free_bytes: bavail * bsize, total_bytes: blocks * bsize });
      await access(folder, constants.W_OK);
      if (bavail * bsize < leastFreeBytes) throw new Error('There is hardly any space left on the disk.');
    },
  },
  {
    name: 'nodes',
    essential: false,
    check: async (note) => {
      const known = (await nodes.capabilities()).length;
      const connected = links.online().length;
      note({ known, connected });
      if (connected === 0 && known > 0) throw new Error('No machine is connected.');
    },
  },
  {
    name: 'deployments',
    essential: false,
    check: async (note) => {
      const states = (await deployments.list()).map(({ state }) => state);
      const count = (wanted: string) => states.filter((state) => state === wanted).length;
      const figures = { ready: count('ready'), failed: count('failed'), offline: count('offline') };
      note({ known: states.length, ...figures });
      if (figures.failed > 0) throw new Error(`${figures.failed} of ${states.length} have failed.`);
    },
  },
];
