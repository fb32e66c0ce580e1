import { hash, verify } from '@node-rs/bcrypt';

const cost = 12;
const mostBytes = 72;
/** Compared against where there is no such person, so that both answers take as long. */
let decoy: Promise<string> | undefined;

/** bcrypt in the library's own threads. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Always takes one comparison; false without a hash, and for passwords of which bcrypt would read only a part. */
export async function isPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  decoy ??= hashPassword('no person has this password');
  const isWhole = Buffer.byteLength(password) <= mostBytes;
  const matches = await verify(password, passwordHash ?? (await decoy));
  return matches && isWhole && passwordHash !== undefined;
}
