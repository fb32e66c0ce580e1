const problems: [pattern: RegExp, russian: (found: string[]) => string][] = [
  [/expected string to have <=(\S+) characters/, ([most]) => `знаков не больше ${most}`],
  [/expected string to have >=(\S+) characters/, ([least]) => `знаков не меньше ${least}`],
  [/^Too big: .*<=(\S+)/, ([most]) => `не больше ${most}`],
  [/^Too big: .*<(\S+)/, ([limit]) => `меньше ${limit}`],
  [/^Too small: .*>=(\S+)/, ([least]) => `не меньше ${least}`],
  [/^Too small: .*>(\S+)/, ([limit]) => `больше ${limit}`],
  [/^Invalid option: expected one of (.+)/, ([choices = '']) => `одно из: ${choices.replaceAll('|', ', ')}`],
  [/received undefined/, () => 'нужно указать'],
  [/expected int/, () => 'нужно целое число'],
  [/expected number/, () => 'нужно число'],
];

/** What is wrong with one field of a request, in Russian, from the words of the schema's library. */
export function fieldProblem(message: string): string {
  for (const [pattern, russian] of problems) {
    const found = pattern.exec(message);
    if (found) return russian(found.slice(1));
  }
  return 'такое значение не подходит';
}
