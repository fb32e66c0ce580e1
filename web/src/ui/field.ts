import { type ComputedRef, type InjectionKey, inject } from 'vue';

/** What a field tells the control inside it, so that label, hint and error are announced with it. */
interface FieldContext {
  id: string;
  describedBy: ComputedRef<string | undefined>;
  invalid: ComputedRef<boolean>;
  required: ComputedRef<boolean>;
}
export const fieldKey: InjectionKey<FieldContext> = Symbol('field');
export const useField = (): FieldContext | undefined => inject(fieldKey, undefined);
