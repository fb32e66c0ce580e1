import type { ScriptRun } from '@hearth/contract';
import type { FastifyRequest } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import { AppError } from '../platform/errors.ts';
import type { StartedRun } from './script-runs.service.ts';

interface Asking {
  caller: { name: string };
  request: FastifyRequest;
}

/** Writes down who asked for what, and what came of it: also what was refused. */
export class RunAudit {
  readonly #audit: AuditService;
  constructor(audit: AuditService) {
    this.#audit = audit;
  }

  started(asking: Asking, name: string, start: () => Promise<StartedRun>): Promise<StartedRun> {
    return this.#record('script.started', asking, name, start, ({ runId, command, timeoutSeconds }) => ({
      run_id: runId,
      command,
      timeout: timeoutSeconds,
    }));
  }

  cancelled<T extends { run: ScriptRun }>(
    asking: Asking,
    name: string,
    cancel: () => Promise<T>,
  ): Promise<T> {
    return this.#record('script.cancelled', asking, name, cancel, ({ run }) => ({
      run_id: run.run_id,
      status: run.status,
    }));
  }

  async #record<T>(
    action: string,
    { caller, request }: Asking,
    target: string,
    work: () => Promise<T>,
    detailsOf: (result: T) => Record<string, unknown>,
  ): Promise<T> {
    const entry = { actor: caller.name, action, target, ip: request.ip };
    try {
      const result = await work();
      this.#audit.record({ ...entry, details: detailsOf(result) });
      return result;
    } catch (error) {
      if (error instanceof AppError)
        this.#audit.record({ ...entry, success: false, details: { code: error.code } });
      throw error;
    }
  }
}
