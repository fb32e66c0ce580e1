import { z } from 'zod';
import { Timestamp } from './values.ts';

/** Most bars in one call, either way. */
export const mostMarketRows = 2500;
export const column = <T extends z.ZodType>(value: T) => z.array(value).max(mostMarketRows);
/** Wide enough for any market, narrow enough that no sum or ratio of prices overflows. */
export const Price = z.number().min(1e-12).max(1e15);
export const bars = {
  time: column(Timestamp),
  open: column(Price),
  high: column(Price),
  low: column(Price),
  close: column(Price),
  volume: column(z.number().min(0).max(1e30)),
};
export const known = z.number().min(-1e30).max(1e30).nullable();
