import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Python programs that behave as badly as programs do, and some that behave. */
const programs: Record<string, string> = {
  'counter.py': `
import sys, time
for i in range(int(sys.argv[1])):
    print("line", i)
    print("note", i, file=sys.stderr)
    time.sleep(0.2)
`,
  'failing.py': `
import sys
print("before")
sys.exit("it went wrong")
`,
  'environment.py': `
import json, os, sys
print(json.dumps({"environment": dict(os.environ), "arguments": sys.argv[1:], "folder": os.listdir(".")}))
`,
  'monster.py': `
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
def tell(what):
    os.write(1, f"{what} {os.getpid()}\\n".encode())
if os.fork() == 0:            # a child in a session of its own
    os.setsid()
    tell("session")
    if os.fork() == 0:        # whose own child outlives it: another one's child by then
        tell("orphan")
        time.sleep(600)
    os._exit(0)
if os.fork() == 0:            # a child with an environment that names no job
    os.execve(sys.executable, [sys.executable, "-c",
        "import os, signal, time; signal.signal(15, signal.SIG_IGN); os.write(1, f'bare {os.getpid()}\\\\n'.encode()); time.sleep(600)"], {})
tell("root")
time.sleep(600)
`,
  'sleeper.py': 'import time; print("asleep", flush=True); time.sleep(600)\n',
  'printer.py': `
import sys
line = b"0123456789abcde\\n" * 65536   # 1 MiB
for i in range(1024):
    sys.stdout.buffer.write(b"block %d\\n" % i + line)
sys.stdout.buffer.write(b"the end\\n")
`,
};

/** Puts them where an administrator puts scripts: no code of the product is touched. */
export async function addOwnScripts(home: string): Promise<void> {
  const folder = join(home, 'scripts');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) await writeFile(join(folder, name), text);
  const scripts = Object.keys(programs).map((name) => ({
    name,
    title: { en: name },
    runtime: { type: 'python' },
    environment: name === 'environment.py' ? { GREETING: 'hello' } : {},
  }));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ scripts }));
}
