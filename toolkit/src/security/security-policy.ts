/** What the tools of this subpath enforce. Fields may be changed until a tool uses them. */
export class SecurityPolicy {
  minPasswordLength = 8;
  requireUppercase = true;
  requireDigit = true;
  requireSpecial = true;
  /** Life of a token that `SecurityManager` issues. */
  sessionTimeoutMs = 3_600_000;
  /** Failed logins in a row that lock an account. */
  maxLoginAttempts = 5;
  lockoutMs = 900_000;
  rateLimitPerMinute = 60;
  rateLimitPerHour = 1000;
  /**
   * Commands refused, each written as one would type it. It matches any command of that name with at least these
   * options and these words, however spaced, quoted or abbreviated: `rm -rf /` matches `rm  --force -R "/"`.
   */
  forbiddenCommands: string[] = [
    'rm -rf /',
    'rm -rf ~',
    'rm -rf .',
    'rm -rf ..',
    'rm -r --no-preserve-root',
    'chmod -R 777 /',
    'chown -R /',
    'mkfs',
    'mke2fs',
    'wipefs',
    'shred /dev',
    'dd of=/dev',
    'fdisk',
    'parted',
    'shutdown',
    'reboot',
    'halt',
    'poweroff',
    'init 0',
    'init 6',
    'format c:',
    'del /s',
    'sudo',
    'su',
    'doas',
  ];
  /** Paths refused, with all below them. */
  forbiddenPaths: string[] = [
    '/etc',
    '/boot',
    '/dev',
    '/proc',
    '/root',
    '/sys',
    '/var/log',
    'C:\\Windows',
    'C:\\Program Files',
  ];
}
