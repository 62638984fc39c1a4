import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { keyBytes } from './key-bytes.ts';
import { type LaunchOptions, launch, type Terminal } from './terminal.ts';

async function run(options: LaunchOptions): Promise<Terminal> {
  const terminal = await launch(options);
  onTestFinished(() => terminal.close());
  return terminal;
}

const sh = (script: string, options: LaunchOptions = {}) => run({ command: ['sh', '-c', script], ...options });
const node = (script: string, options: LaunchOptions = {}) =>
  run({ command: [process.execPath, '-e', script], ...options });

/** Shows, as JSON, every chunk it is given; ends on `q`. */
const echo = `
  process.stdin.setRawMode(true);
  process.stdin.on('data', (data) => {
    if (data.toString() === 'q') process.exit(0);
    console.log(JSON.stringify(data.toString()));
  });
  console.log('ready');`;

test('shows what a program prints and how it ended', async ({ expect }) => {
  const terminal = await sh('printf "one\\ntwo \\033[1;31;7mred\\033[0m"; exit 3');
  expect(await terminal.waitExit()).toEqual({ code: 3, signal: null });
  expect(terminal.screen()).toHaveLength(24);
  expect(terminal.screen().slice(0, 3)).toEqual(['user@host:~$ eas-tui', 'one', 'two red']);
  expect(terminal.line(2)).toBe('two red');
  expect(terminal.cell(4, 2)).toMatchObject({ char: 'r', fg: 'ansi-1', bg: 'default', bold: true, inverse: true });
  expect(terminal.cell(0, 2)).toMatchObject({ char: 't', fg: 'default', bold: false, inverse: false });
  expect(terminal.cursor).toEqual({ x: 7, y: 2, visible: true });
  expect(terminal.bytes().toString()).toBe('one\r\ntwo \x1b[1;31;7mred\x1b[0m');
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('tells death by a signal from an exit code of that number', async ({ expect }) => {
  const killed = await sh('kill -TERM $$; sleep 9');
  expect(await killed.waitExit()).toEqual({ code: null, signal: 'SIGTERM' });
  const exited = await sh('exit 143');
  expect(await exited.waitExit()).toEqual({ code: 143, signal: null });
});

test('signals the program alone', async ({ expect }) => {
  const terminal = await node(
    `process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 2 ** 30)`,
  );
  await terminal.waitFor('ready');
  expect(terminal.signal('SIGTERM')).toBe(true);
  expect(await terminal.waitExit()).toEqual({ code: 7, signal: null });
  expect(terminal.signal('SIGTERM')).toBe(false);
});

test('closing the window hangs up on the program', async ({ expect }) => {
  const terminal = await node(`
    process.on('SIGHUP', () => process.exit(9));
    console.log('ready', process.stdout.isTTY);
    setInterval(() => {}, 2 ** 30)`);
  await terminal.waitFor('ready true');
  const other = await node(echo); // A second terminal must not keep the first one's open.
  await other.waitFor('ready');
  terminal.hangup();
  expect(await terminal.waitExit()).toEqual({ code: 9, signal: null });
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('gives a clean environment and a fresh home', async ({ expect }) => {
  process.env.NO_COLOR = '1';
  process.env.CI = 'true';
  onTestFinished(() => {
    delete process.env.NO_COLOR;
    delete process.env.CI;
  });
  const terminal = await node(
    `console.log(Object.keys(process.env).filter((name) => /^(CI|NO_COLOR|TMUX|NODE_|npm_)/i.test(name)).join() || 'clean');
     console.log(process.env.TERM, process.env.EXTRA, process.env.HOME === process.env.XDG_CONFIG_HOME.replace('/.config', ''));
     console.log(process.stdout.columns, process.stdout.rows, process.cwd())`,
    { env: { EXTRA: 'more' }, cols: 100, rows: 30, cwd: '/' },
  );
  await terminal.waitExit();
  expect(terminal.screen().slice(1, 4)).toEqual(['clean', 'xterm-256color more true', '100 30 /']);
  expect(existsSync(terminal.home)).toBe(true);
  await terminal.close();
  expect(existsSync(terminal.home)).toBe(false);
});

test('shares a home between runs when given one', async ({ expect }) => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  await (await sh('echo kept > ~/file', { home })).waitExit();
  const second = await sh('cat ~/file', { home });
  await second.waitExit();
  expect(second.line(1)).toBe('kept');
});

test('keys, text and pastes arrive as a terminal sends them', async ({ expect }) => {
  const terminal = await node(`${echo} process.stdout.write('\\x1b[?2004h')`);
  await terminal.waitFor((_, { bracketedPaste }) => bracketedPaste);
  const received = async (send: () => void) => {
    const mark = terminal.mark();
    send();
    await terminal.waitFor(() => terminal.since(mark).includes('\r\n'));
    return JSON.parse(terminal.since(mark).toString());
  };
  expect(await received(() => terminal.key('ctrl-d'))).toBe('\x04');
  expect(await received(() => terminal.key('esc'))).toBe('\x1b');
  expect(await received(() => terminal.key('f5'))).toBe('\x1b[15~');
  expect(await received(() => terminal.type('+++\r'))).toBe('+++\r');
  expect(await received(() => terminal.write(Buffer.from('é')))).toBe('é');
  expect(await received(() => terminal.paste('a\nb'))).toBe('\x1b[200~a\rb\x1b[201~');
  terminal.key('q');
  await terminal.waitExit();
});

test('key names', ({ expect }) => {
  expect(keyBytes('down')).toBe('\x1b[B');
  expect(keyBytes('down', true)).toBe('\x1bOB');
  expect(keyBytes('shift-left')).toBe('\x1b[1;2D');
  expect(keyBytes('ctrl-alt-pgup')).toBe('\x1b[5;7~');
  expect(keyBytes('shift-tab')).toBe('\x1b[Z');
  expect(keyBytes('alt-x')).toBe('\x1bx');
  expect(keyBytes('ctrl-space')).toBe('\0');
  expect(keyBytes('-')).toBe('-');
  expect(keyBytes('中')).toBe('中');
  expect(() => keyBytes('dwon')).toThrow('no such key: dwon');
  expect(() => keyBytes('ctrl-1')).toThrow('no such key: ctrl-1');
});

test('resizes program and screen', async ({ expect }) => {
  const terminal = await node(`
    const tell = () => console.log(process.stdout.columns + 'x' + process.stdout.rows);
    process.stdout.on('resize', tell); tell(); setInterval(() => {}, 2 ** 30)`);
  await terminal.waitFor('80x24');
  terminal.resize(120, 40);
  await terminal.waitFor('120x40');
  expect(terminal.screen()).toHaveLength(40);
});

test('answers queries as a terminal does', async ({ expect }) => {
  const terminal = await node(`${echo} process.stdout.write('\\x1b[6n')`, { prefill: '' });
  await terminal.waitFor('[2;1R');
  expect(terminal.line(1)).toBe('"\\u001b[2;1R"');
});

test('a wait that fails carries the screen', async ({ expect }) => {
  const terminal = await node(echo);
  await terminal.waitFor('ready');
  await expect(terminal.waitFor('never', { timeout: 50 })).rejects.toThrow(
    /waitFor\(never\): not within 50 ms\n.*\n[\s\S]*\|ready/,
  );
  await expect(terminal.waitExit({ timeout: 50 })).rejects.toThrow(/still running[\s\S]*\|ready/);
  terminal.key('q');
  await expect(terminal.waitFor('never')).rejects.toThrow('the program has ended');
  await terminal.waitGone('never');
});

test('a frame counts only when its synchronized update has ended', async ({ expect }) => {
  const terminal = await node(`
    process.stdout.write('\\x1b[?2026hhalf');
    process.stdin.setRawMode(true).on('data', () => process.stdout.write(' whole\\x1b[?2026l'));`);
  let halves = 0;
  const whole = terminal.waitFor((screen) => {
    if (/half$/m.test(screen)) halves += 1;
    return screen.includes('half whole');
  });
  while (!terminal.text().includes('half')) await new Promise((resolve) => setTimeout(resolve, 5));
  terminal.key('x');
  await whole;
  expect(halves).toBe(0);
});

test('a program that is not there', async ({ expect }) => {
  const terminal = await run({ command: ['no-such-program'] });
  expect(await terminal.waitExit()).toEqual({ code: 127, signal: null });
  expect(terminal.line(1)).toContain('no-such-program: not found');
});

test('restoring the terminal is noticed', async ({ expect }) => {
  const terminal = await sh('printf "\\033[?1049h\\033[?25l\\033[?2004h"; printf "\\033[?2004l\\033[?25h\\033[?1049l"');
  await terminal.waitExit();
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

for (const [left, printed] of [
  ['still in the alternate screen', '\\033[?1049h'],
  ['cursor hidden', '\\033[?25l'],
  ['bracketed paste on', '\\033[?2004h'],
  ['focus reports on', '\\033[?1004h'],
  ['mouse tracking on (any)', '\\033[?1003h\\033[?1006h'],
  ['colours or attributes not reset', '\\033[31m'],
  ['kitty keyboard protocol on', '\\033[>1u'],
  ["the shell's text is not back", '\\033[2J\\033[Hgone'],
] as const) {
  test(`not restoring is noticed: ${left}`, async ({ expect }) => {
    const terminal = await sh(`printf '${printed}'`);
    await terminal.waitExit();
    expect(terminal.restored()).toEqual({ ok: false, problems: [left] });
  });
}

test('not restoring is noticed: tty settings', async ({ expect }) => {
  const terminal = await sh('stty raw -echo');
  await terminal.waitExit();
  expect(terminal.restored().problems).toEqual([expect.stringMatching(/^tty settings changed: \S+ → \S+$/)]);
});

test('not restoring is noticed: a process left behind, which close() ends', async ({ expect }) => {
  const terminal = await sh('setsid sleep 300 >/dev/null 2>&1 </dev/null & sleep 0.1');
  await terminal.waitExit();
  expect(terminal.restored().problems).toEqual([expect.stringMatching(/^process left: \d+ sleep 300$/)]);
  expect(terminal.processes()).toHaveLength(1);
  await terminal.close();
  expect(terminal.processes()).toEqual([]);
});

test('close() ends a program that ignores every signal', async ({ expect }) => {
  const terminal = await sh('trap "" TERM HUP INT; echo ready; while :; do sleep 1; done');
  await terminal.waitFor('ready');
  await terminal.close();
  expect(terminal.processes()).toEqual([]);
});
