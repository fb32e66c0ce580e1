/** Which form of a Russian message `файл | файла | файлов` goes with a count: 1, 2–4 (and fractions), the rest. */
export function russianPlural(count: number, forms: number): number {
  const n = Math.abs(count);
  const teen = n % 100 > 10 && n % 100 < 20;
  const last = n % 10;
  const form = !Number.isInteger(n) ? 1 : !teen && last === 1 ? 0 : !teen && last >= 2 && last <= 4 ? 1 : 2;
  return Math.min(form, forms - 1);
}
