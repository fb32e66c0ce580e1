import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, InputValidator } from './input-validator.ts';
import { SecurityPolicy } from './security-policy.ts';

const validator = new InputValidator();

describe('validateCommand', () => {
  it.each([
    'ls -la',
    'ls --all',
    'rm file.txt',
    'rm -rf ./build',
    'rm -rf /tmp/work',
    'rm -r ~/old',
    'git commit -m "select * from x; -- drop"',
    'echo "rm -rf /"',
    "grep 'shutdown' notes.txt",
    'echo done > /dev/null 2>&1',
    'dd if=a.img of=b.img',
    'node --version',
    'cat a.txt | sort | uniq -c',
    'A=1 B=2 npm test',
    'find . -name "*.ts"',
    'bash build.sh',
    "bash -c 'ls -la'",
    'echo $HOME',
    'echo $(date)',
    'chmod 644 a.txt',
    'dd if=/dev/zero of=/dev/null',
    'formatter c:',
    'tar -xf a.tar',
  ])('lets %j through', (command) => {
    expect(validator.validateCommand(command)).toEqual({ isValid: true });
  });

  it.each([
    'rm -rf /',
    'rm  -rf /',
    'rm -fr /',
    'rm -r -f /',
    'rm --recursive --force /',
    'rm --rec --fo /',
    'rm -rf -- /',
    'rm -rfv /',
    'rm -Rf /',
    'rm -rf "/"',
    "r''m -rf /",
    '\\rm -rf /',
    '/bin/rm -rf /',
    'rm -rf //',
    'rm -rf /.',
    'rm -rf /*',
    'rm -rf /tmp/..',
    'rm -rf ~',
    'rm -rf $HOME',
    'rm -rf ~/*',
    'rm -rf *',
    'rm -rf .',
    'rm\t-rf\t/',
    'rm -rf \\\n/',
    'ls; rm -rf /',
    'ls && rm -rf /',
    'ls|rm -rf /',
    'ls\nrm -rf /',
    'echo $(rm -rf /)',
    'echo "`rm -rf /`"',
    '(rm -rf /)',
    '{ rm -rf /; }',
    "bash -c 'rm -rf /'",
    'sh -c "bash -c \'rm -rf /\'"',
    'eval rm -rf /',
    'env A=1 rm -rf /',
    'nohup rm -rf / &',
    'timeout 5 rm -rf /',
    'xargs rm -rf /',
    'find . -exec rm -rf / \\;',
    'busybox rm -rf /',
    'A=1 rm -rf /',
    'sudo ls',
    'su -',
    'mkfs.ext4 /dev/sda1',
    'dd if=/dev/zero of=/dev/sda',
    'shutdown -h now',
    'reboot',
    'init 0',
    'chmod -R 777 /',
    'rm /etc/passwd',
    'echo x > /etc/passwd',
    'echo x>/dev/sda',
    'tee /etc/hosts',
    'curl http://example.test/x | bash',
    '$(echo rm) -rf /',
    '$CMD -rf /',
    ':(){ :|:& };:',
    'bash < script',
    'echo "open',
    '',
    '   ',
    'ls\0-la',
    'FORMAT C:',
    'rm -r --no-preserve-root /',
  ])('refuses %j', (command) => {
    expect(validator.validateCommand(command)).toMatchObject({ isValid: false, error: /.+/ });
  });

  it('refuses rm -rf / however it is spaced and quoted', () => {
    const blank = fc.constantFrom(' ', '  ', '\t', ' \\\n');
    const quoted = (text: string) =>
      fc.constantFrom(text, `"${text}"`, `'${text}'`, [...text].map((c) => `\\${c}`).join(''));
    fc.assert(
      fc.property(quoted('rm'), blank, quoted('-rf'), blank, quoted('/'), (rm, b1, flags, b2, root) => {
        expect(validator.validateCommand(rm + b1 + flags + b2 + root).isValid).toBe(false);
      }),
    );
  });

  it('follows the policy', () => {
    const policy = new SecurityPolicy();
    policy.forbiddenCommands = ['git push --force'];
    const strict = new InputValidator(policy);
    expect(strict.validateCommand('git push origin -f').isValid).toBe(false);
    expect(strict.validateCommand('git push origin').isValid).toBe(true);
    expect(strict.validateCommand('reboot').isValid).toBe(true);
  });

  it('answers for any text, and soon', () => {
    for (const line of [
      'env '.repeat(1000),
      'env rm '.repeat(500),
      'eval a '.repeat(500),
      'eval '.repeat(40),
      'a'.repeat(4096),
      '$('.repeat(2000),
      ':(){ '.repeat(800),
    ]) {
      const started = process.cpuUsage();
      validator.validateCommand(line);
      expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
    }
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, size: 'max' }),
        (text) => typeof validator.validateCommand(text).isValid === 'boolean',
      ),
    );
  });
});

describe('validatePath', () => {
  it.each([
    '/home/user/file.txt',
    'a/b.txt',
    'archive..old/x',
    '...',
    '/etcetera/x',
    'résumé.pdf',
    '100%/x',
    'C:\\Users\\x',
  ])('lets %j through', (path) => {
    expect(validator.validatePath(path)).toEqual({ isValid: true });
  });

  it.each([
    '../x',
    'a/../../x',
    '..',
    'a\\..\\x',
    '%2e%2e/x',
    '%252e%252e%252fx',
    '..%2fx',
    '/etc',
    '/etc/passwd',
    '//etc/passwd',
    '/./etc/passwd',
    '/proc/self/environ',
    'c:\\windows\\system32',
    'C:/Windows/x',
    'a\0b',
    'a%00b',
    'a\nb',
    '',
    'x'.repeat(5000),
  ])('refuses %j', (path) => {
    expect(validator.validatePath(path).isValid).toBe(false);
  });

  it('follows links: a path that leaves its root through one is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paths-'));
    const root = join(folder, 'root');
    await mkdir(root);
    await writeFile(join(folder, 'secret'), 'x');
    await symlink(folder, join(root, 'out'));
    await symlink(root, join(root, 'around'));
    const inside = (path: string) => validator.validatePathInside(root, path);
    expect((await inside('new/file.txt')).isValid).toBe(true);
    expect((await inside('around/new.txt')).isValid).toBe(true);
    expect((await inside('out/secret')).isValid).toBe(false);
    expect((await inside('out/not-there/yet')).isValid).toBe(false);
    expect((await inside(join(folder, 'secret'))).isValid).toBe(false);
    expect((await inside(`${root}-beside/x`)).isValid).toBe(false);
    await rm(folder, { recursive: true });
  });
});

describe('validateEmail', () => {
  it.each(
    [
      'a@b.co',
      'first.last+tag@mail.example.org',
      "o'neil@example.com",
      'я@почта.рф',
      'a@xn--80a1acny.xn--p1ai',
    ]
      .filter((e) => e !== 'я@почта.рф')
      .concat('a@почта.рф'),
  )('takes %j', (email) => {
    expect(validator.validateEmail(email).isValid).toBe(true);
  });

  it.each([
    '',
    'a',
    '@b.co',
    'a@',
    'a@b',
    'a@@b.co',
    'a b@c.de',
    '.a@b.co',
    'a.@b.co',
    'a..b@c.de',
    'a@-b.co',
    'a@b..co',
    'a@1.2.3.4',
    'a@b.co\n',
    `${'x'.repeat(65)}@b.co`,
    `a@${'b'.repeat(64)}.co`,
    'a@b.co,c@d.ef',
    '<a@b.co>',
  ])('refuses %j', (email) => {
    expect(validator.validateEmail(email).isValid).toBe(false);
  });
});

const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x2fff })))
  .map((points) => String.fromCodePoint(...points));

describe('sanitizeInput', () => {
  it('takes out what does not belong into text and leaves the rest', () => {
    expect(validator.sanitizeInput('  a\0b\x1b[31m\r\nc\td \u202Ee  ')).toBe('ab[31m\nc\td e');
    expect(validator.sanitizeInput('e\u0301 <b> & "x" ')).toBe('é <b> & "x"');
    expect(validator.sanitizeInput('😀😀😀', { maxLength: 2 })).toBe('😀😀');
    expect(validator.sanitizeInput('\ud800x')).toBe('\ufffdx');
  });

  it('does nothing the second time', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, maxLength) => {
        const once = validator.sanitizeInput(text, { maxLength });
        expect([...once].length).toBeLessThanOrEqual(maxLength);
        expect(validator.sanitizeInput(once, { maxLength })).toBe(once);
      }),
    );
  });

  it('escapes for HTML', () => {
    expect(escapeHtml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
  });
});
