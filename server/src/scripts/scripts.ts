import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Config } from '../platform/config.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { CodeService } from '../registry/code.service.ts';
import { CatalogueService } from './catalogue.service.ts';
import { Manifests, type ScriptFolder } from './manifests.ts';
import { mlRoutes } from './ml.routes.ts';
import { mlRunRoutes } from './ml-run.routes.ts';
import { RunAudit } from './run-audit.ts';
import { RunNews } from './run-news.ts';
import { ScriptRunsService } from './script-runs.service.ts';
import { scriptsRoutes } from './scripts.routes.ts';

interface Needs {
  config: Config;
  jobs: JobsService;
  code: CodeService;
  nodes: NodesService;
  links: LinksService;
  audit: AuditService;
  live: LiveHub;
  log: Log;
}

/** The allow-listed scripts, and their runs on top of the job queue. */
export function buildScripts(app: FastifyInstance, needs: Needs): void {
  const { config, jobs, code, nodes, links, live, log } = needs;
  const folders: ScriptFolder[] = [
    { origin: 'built-in', folder: config.scriptsFolder, label: 'scripts/manifest.json' },
    { origin: 'own', folder: join(config.home, 'scripts'), label: 'HEARTH_HOME/scripts/manifest.json' },
  ];
  const catalogue = new CatalogueService(new Manifests(folders, log), code);
  const runs = new ScriptRunsService(catalogue, jobs, nodes, links);
  const audit = new RunAudit(needs.audit);
  const closing = new AbortController();
  jobs.handle('script', new RunNews(runs, catalogue, live));
  mlRunRoutes(app, { runs, audit, closing: closing.signal });
  mlRoutes(app, { catalogue, runs, audit });
  scriptsRoutes(app, { catalogue, runs, audit });
  app.addHook('preClose', async () => closing.abort());
}
