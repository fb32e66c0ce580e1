import { commandObjection } from './command-rules.ts';
import { climbs, forbiddenPathTest, hasControls, isInside } from './path-rules.ts';
import { SecurityPolicy } from './security-policy.ts';
import { ShellSyntaxError } from './shell-words.ts';
import { fine, refuse, type Verdict } from './verdict.ts';

const longestCommand = 4096;
const longestPath = 4096;
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const domainLabel = /^[a-z0-9\p{L}]([a-z0-9\p{L}-]{0,61}[a-z0-9\p{L}])?$/iu;

/**
 * Checks what comes from outside. A list of what is forbidden can never be complete: `validateCommand` keeps
 * accidents and the known attacks out, it is no sandbox. Where you can, allow a few commands and start them
 * without a shell.
 */
export class InputValidator {
  readonly #policy: SecurityPolicy;

  constructor(policy = new SecurityPolicy()) {
    this.#policy = policy;
  }

  /** Refuses the policy's forbidden commands however they are spelled, nested or wrapped, and unreadable lines. */
  validateCommand(command: string): Verdict {
    if (command.trim() === '') return refuse('The command is empty');
    if (command.length > longestCommand)
      return refuse(`The command has more than ${longestCommand} characters`);
    if (command.includes('\0')) return refuse('The command holds a NUL');
    try {
      const objection = commandObjection(command, this.#policy);
      return objection === undefined ? fine : refuse(objection);
    } catch (error) {
      if (error instanceof ShellSyntaxError) return refuse(error.message);
      throw error;
    }
  }

  /** Refuses `..` in any encoding, control characters and the policy's forbidden paths. Looks at the name only. */
  validatePath(path: string): Verdict {
    if (path === '') return refuse('The path is empty');
    if (path.length > longestPath) return refuse(`The path has more than ${longestPath} characters`);
    if (hasControls(path)) return refuse('The path holds a control character');
    if (climbs(path)) return refuse('The path climbs out of its folder');
    if (forbiddenPathTest(this.#policy)(path)) return refuse('The path is forbidden');
    return fine;
  }

  /** As `validatePath`, and the path must end inside `root`, also after every link on the way is followed. */
  async validatePathInside(root: string, path: string): Promise<Verdict> {
    const verdict = this.validatePath(path);
    if (!verdict.isValid) return verdict;
    return (await isInside(root, path)) ? fine : refuse('The path leads out of its root');
  }

  /** One address as mail systems take it (RFC 5321's lengths, no quoted local part), domain with a dot. */
  validateEmail(email: string): Verdict {
    const at = email.lastIndexOf('@');
    const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
    const labels = domain.split('.');
    const good =
      at > 0 &&
      email.length <= 254 &&
      local.length <= 64 &&
      localPart.test(local) &&
      labels.length >= 2 &&
      labels.every((label) => domainLabel.test(label)) &&
      !/^\d+$/.test(labels.at(-1)!);
    return good ? fine : refuse('This is no e-mail address');
  }

  /**
   * Text that is safe to keep: well-formed Unicode in NFC, no control characters but line ends and tabs, no
   * invisible direction marks, trimmed, at most `maxLength` code points. It does not escape: do that where the text
   * goes (`escapeHtml`, query parameters).
   */
  sanitizeInput(input: string, { maxLength = 10_000 }: { maxLength?: number } = {}): string {
    const clean = input
      .toWellFormed()
      .normalize('NFC')
      .replace(/\r\n?/g, '\n')
      .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, '')
      .trim();
    return [...clean].slice(0, maxLength).join('').trimEnd();
  }
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text to put between tags or into a quoted attribute of HTML. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c]!);
