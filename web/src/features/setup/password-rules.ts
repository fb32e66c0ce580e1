export interface PasswordRule {
  key: 'length' | 'bytes';
  met: boolean;
}

/** The contract's two rules, one by one, so that a form can tick them off while one types. */
export function passwordRules(password: string): PasswordRule[] {
  const bytes = new TextEncoder().encode(password).length;
  return [
    { key: 'length', met: password.length >= 8 },
    { key: 'bytes', met: password.length > 0 && bytes <= 72 },
  ];
}
