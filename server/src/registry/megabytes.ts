/** Megabytes of a million bytes, to the byte: rounding is for screens. */
export const megabytes = (bytes: number): number => bytes / 1e6;
