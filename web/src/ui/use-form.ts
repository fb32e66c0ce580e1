import { ApiError } from '@hearth/contract';
import { type ComputedRef, computed, type Ref, reactive, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { z } from 'zod';
import { useAction } from '../api/use-action.ts';
import { issueKey, serverFields } from './form-errors.ts';
import { useErrorText } from './use-error-text.ts';

export interface Form<V extends object> {
  values: V;
  /** Text by field path (`name`, `config.epochs`), once the form was tried. */
  errors: ComputedRef<Record<string, string>>;
  /** What went wrong beyond single fields. */
  failure: ComputedRef<string | undefined>;
  /** The refusal itself, for pages that treat some codes apart. */
  refusal: Ref<unknown>;
  busy: Ref<boolean>;
  /** Shows what is wrong without sending, and answers it; for forms in steps. */
  check: () => Record<string, string>;
  /** Back to the initial values, nothing tried. */
  reset: () => void;
  /** Checks and sends; resolves to whether it succeeded. */
  submit: () => Promise<boolean>;
}

/**
 * A form checked by the same schema as the server's: `useForm(route.body, initial, send)`. `send` receives the parsed
 * values; empty strings count as not given.
 */
export function useForm<S extends z.ZodType, V extends object>(
  schema: S,
  initial: V,
  send: (parsed: z.output<S>) => Promise<unknown>,
): Form<V> {
  const { t } = useI18n();
  const errorText = useErrorText();
  const values = reactive({ ...initial }) as V;
  const tried = ref(false);
  const checked = computed(() => schema.safeParse(withoutEmpty(values)));
  const action = useAction(async () => {
    const result = schema.safeParse(withoutEmpty(values));
    if (result.success) await send(result.data);
  });
  const ownErrors = computed(() => {
    if (!tried.value || checked.value.success) return {};
    const out: Record<string, string> = {};
    for (const issue of checked.value.error.issues) {
      const field = String(issue.path[0] ?? '');
      const [key, named] = issueKey(issue, withoutEmpty(values)[field]);
      out[issue.path.join('.')] ??= t(key, named, Number(named.min ?? named.max ?? 1));
    }
    return out;
  });
  const refused = computed(() => serverFields(action.error.value));
  const known = (field: string): boolean => field in values;
  return {
    values,
    busy: action.busy,
    refusal: action.error,
    errors: computed(() => ({ ...refused.value, ...ownErrors.value })),
    failure: computed(() => {
      const error = action.error.value;
      if (!error || (error instanceof ApiError && Object.keys(refused.value).some(known))) return undefined;
      return errorText(error);
    }),
    reset() {
      Object.assign(values, initial);
      tried.value = false;
      action.error.value = undefined;
    },
    check() {
      tried.value = true;
      return ownErrors.value;
    },
    async submit() {
      tried.value = true;
      if (!checked.value.success) {
        action.error.value = undefined;
        return false;
      }
      return action.run();
    },
  };
}

function withoutEmpty(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value === '' || value === null ? undefined : value]),
  );
}
