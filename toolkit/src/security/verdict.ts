/** What a validator says: fine, or why not, in a sentence for people. */
export type Verdict = { isValid: true; error?: undefined } | { isValid: false; error: string };

export const fine: Verdict = { isValid: true };
export const refuse = (error: string): Verdict => ({ isValid: false, error });
