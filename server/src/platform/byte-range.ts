export type RangeAnswer =
  | { kind: 'whole' }
  | { kind: 'part'; start: number; end: number }
  | { kind: 'unsatisfiable' };

/**
 * What a `Range` header asks of a file (RFC 9110, section 14). Several ranges, other units and nonsense mean the
 * whole file, as the standard allows; `end` is inclusive. A stale `If-Range` means the whole file too.
 */
export function answerRange(
  sizeBytes: number,
  etag: string,
  headers: { range?: string | undefined; 'if-range'?: string | string[] | undefined },
): RangeAnswer {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== etag) return { kind: 'whole' };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  if (start >= sizeBytes) return { kind: 'unsatisfiable' };
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return { kind: 'part', start, end };
}
