import { z } from 'zod';
import { type ErrorCode, errorCodes } from './errors.ts';

/**
 * Why jobs fail, beside the refusals of `errorStatus`, which a job can fail with too. Each is translated once per
 * language in the web's catalogues (`error.<code>`) and once in the bot. `whole`: the translation says all there is to
 * say. `particular`: the failure's own `message` says more (a program's last words, the name of a file) and is shown
 * beside the translation.
 */
const failureKinds = {
  'job.failed': 'particular',
  'job.crashed': 'particular',
  'job.timeout': 'whole',
  'job.interrupted': 'whole',
  'job.node_lost': 'whole',
  'job.gang_broken': 'particular',
  'job.gang_stopped': 'whole',
  'job.output_too_large': 'particular',
  'job.download_failed': 'particular',
  'job.bad_program': 'particular',
  'job.wrong_kind': 'whole',
  'job.unreadable_report': 'particular',
  'pull.failed': 'particular',
  'pull.busy': 'particular',
  'pull.no_model': 'particular',
  'pull.no_pip': 'particular',
  'recipe.failed': 'particular',
  'python.unavailable': 'particular',
  'python.failed': 'particular',
  'python.too_large': 'particular',
  'architecture.unknown': 'particular',
  'checkpoint.unsuited': 'particular',
  'config.invalid': 'particular',
  'config.loss_unsuited': 'particular',
  'dataset.format_unsupported': 'particular',
  'dataset.no_rows': 'particular',
  'dataset.too_short': 'particular',
  'dataset.too_wide': 'particular',
  'dataset.no_features': 'whole',
  'dataset.target_missing': 'particular',
  'dataset.target_constant': 'whole',
  'dataset.too_many_classes': 'particular',
  'prediction.column_missing': 'particular',
  'prediction.column_unknown': 'particular',
  'prediction.value_unreadable': 'particular',
  'training.diverged': 'particular',
} as const satisfies Record<string, 'whole' | 'particular'>;

type OwnFailureCode = keyof typeof failureKinds;
const ownFailureCodes = Object.keys(failureKinds) as OwnFailureCode[];

/** Refusals that say all there is to say when a job fails with them. */
const wholeRefusals: ReadonlySet<string> = new Set<ErrorCode>([
  'internal',
  'storage.full',
  'service.unavailable',
]);

/** Every code a job can fail with. */
export type FailureCode = ErrorCode | OwnFailureCode;
export const failureCodes: readonly FailureCode[] = [...errorCodes, ...ownFailureCodes];

/**
 * Why a job failed: an error's three parts. `message` is the sentence for people who read English. `details` holds what a
 * translation needs: `job.gang_broken` has `cause`, the code of the failure that broke it.
 */
export const Failure = z
  .object({
    code: z.enum(failureCodes),
    message: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;

/** Whether a failure's own `message` says more than a translation of its code can. */
export const isParticular = (code: FailureCode): boolean =>
  code in failureKinds ? failureKinds[code as OwnFailureCode] === 'particular' : !wholeRefusals.has(code);

/** A told failure as the contract knows it: codes of other versions become `job.failed`, their sentence stays. */
export function asFailure({ code, message, details }: ToldFailure): Failure {
  const known = failureCodes.find((one) => one === code) ?? 'job.failed';
  return { code: known, message, details: details ?? {} };
}

/** A failure as a node tells it and as it is stored; older ones have no `details`. */
export const ToldFailure = z.object({
  code: z.string(),
  message: z.string(),
  details: Failure.shape.details.optional(),
});
export type ToldFailure = z.infer<typeof ToldFailure>;

const count = z.number().int().nonnegative();
const reason = <Code extends string, Details extends z.ZodRawShape>(code: Code, details: Details) =>
  z.object({ code: z.literal(code), message: z.string(), details: z.object(details) });

/**
 * Why a job waits for more than its turn, translated as failures are. Counts: `machines` and `gpus` it needs, `online`
 * machines that could do it at all, `ready` ones that have room just now.
 */
export const Waiting = z
  .discriminatedUnion('code', [
    reason('waiting.no_machine', { kind: z.string() }),
    reason('waiting.no_machine_with_gpus', { kind: z.string(), gpus: count }),
    reason('waiting.too_few_machines', { kind: z.string(), machines: count, online: count }),
    reason('waiting.too_few_machines_with_gpus', {
      kind: z.string(),
      machines: count,
      gpus: count,
      online: count,
    }),
    reason('waiting.machines_busy', { machines: count, ready: count }),
    reason('waiting.gpus_busy', { gpus: count }),
  ])
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;
export type WaitingCode = Waiting['code'];
export const waitingCodes: readonly WaitingCode[] = Waiting.options.map(({ shape }) => shape.code.value);
