import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { repositoryRoot, type Terminal } from '../support/terminal.ts';
import { fresh, moveTo, open, startFleet, underCursor } from './steps.ts';

const prompt = 'ready>';

/** The shell waits for a line. */
const atPrompt = (terminal: Terminal): boolean => !terminal.altScreen && terminal.text().trimEnd().endsWith(prompt);

/** A person's shell: interactive, with job control. */
async function openShell(env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // The shell's own pastes would hide whether the program gave up its own.
  const inputrc = join(folder, 'inputrc');
  writeFileSync(inputrc, 'set enable-bracketed-paste off\n');
  const terminal = await open({
    command: ['/bin/bash', '--noprofile', '--norc', '-i'],
    env: { PS1: `${prompt} `, INPUTRC: inputrc, ...env },
    prefill: '',
  });
  await terminal.waitFor(prompt);
  return terminal;
}

/** Runs a line in the shell and answers what it printed. */
async function run(terminal: Terminal, line: string): Promise<string> {
  const mark = terminal.mark();
  // What is typed is echoed too, and must not be taken for what is printed.
  terminal.type(`echo "be""gin"; ${line}; echo "do""ne"\r`);
  const said = (): string | undefined => /begin\r\n([\s\S]*?)done\r\n/.exec(terminal.since(mark).toString())?.[1];
  await terminal.waitFor(() => said() !== undefined);
  return (said() ?? '').trim();
}

const program = `${process.execPath} ${join(repositoryRoot, 'bin', 'eas-tui')}`;

/** How the terminal is where the shell has it: nothing of the program's is left. */
function isTheShells(terminal: Terminal): void {
  expect(terminal.altScreen).toBe(false);
  expect(terminal.cursor.visible).toBe(true);
  expect(terminal.bracketedPaste).toBe(false);
  // Focus is told to nobody.
  const written = terminal.bytes().toString('latin1');
  expect(written.lastIndexOf('\x1b[?1004l')).toBeGreaterThan(written.lastIndexOf('\x1b[?1004h'));
}

async function stop(terminal: Terminal): Promise<void> {
  terminal.key('ctrl-z');
  await terminal.waitFor(() => atPrompt(terminal) && terminal.text().includes('Stopped'));
  isTheShells(terminal);
}

async function comeBack(terminal: Terminal): Promise<void> {
  const mark = terminal.mark();
  terminal.type('fg\r');
  await terminal.waitFor((screen) => terminal.altScreen && /services\(.*\)\[\d+\]/.test(screen) && fresh.test(screen));
  // All of it is drawn anew, not only what has changed since.
  const drawn = terminal.since(mark).toString();
  for (const part of ['NAME', 'ctr_deepfm', 'video_tagging']) expect(drawn).toContain(part);
}

test('ctrl-z gives the terminal back to the shell, fg brings everything back, again and again', async () => {
  const fleet = await startFleet('--seed', '7', '--speed', '20');
  onTestFinished(() => fleet.close());
  const terminal = await openShell(fleet.env);
  const before = await run(terminal, 'stty -g');
  terminal.type(`${program} ${fleet.args.join(' ')}\r`);
  await terminal.waitFor((screen) => fresh.test(screen) && screen.includes('<+>'));
  await moveTo(terminal, 'fraud_detect');

  for (const name of ['heart_disease_pmml', 'image_search_faiss']) {
    await stop(terminal);
    expect(await run(terminal, 'stty -g')).toBe(before);
    expect(await run(terminal, 'echo "hello-$((40+2))"')).toBe('hello-42');
    expect(await run(terminal, 'jobs')).toMatch(/^\[1\]\+\s+Stopped/);
    // While it is stopped it asks nothing.
    const asked = (await fleet.asked()).length;
    await run(terminal, 'sleep 3');
    expect((await fleet.asked()).length).toBe(asked);

    await comeBack(terminal);
    terminal.key('down');
    await terminal.waitFor(() => underCursor(terminal).includes(name));
  }

  // Keys that write work as before.
  await moveTo(terminal, 'mnist_saved_model_exa');
  await terminal.waitFor('<+>');
  terminal.write('+\r');
  await terminal.waitFor(/✓ scaled? mnist_saved_model_example 2→3/);

  terminal.key('q');
  await terminal.waitFor(() => atPrompt(terminal));
  isTheShells(terminal);
  expect(await run(terminal, 'stty -g')).toBe(before);
  expect(await run(terminal, 'jobs')).toBe('');
  terminal.type('exit\r');
  expect((await terminal.waitExit()).code).toBe(0);
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('the demo stops and comes back with its emulator, also from a prompt, and ends with it', async () => {
  const terminal = await openShell();
  terminal.type(`${program} --demo\r`);
  await terminal.waitFor((screen) => fresh.test(screen) && screen.includes('<+>'));
  await stop(terminal);
  await comeBack(terminal);
  terminal.key('/');
  await terminal.waitFor(/^\//m);
  terminal.type('mnist');
  await terminal.waitFor(/\[1\/15\]/);
  terminal.key('enter');
  await terminal.waitGone(/^\/mnist/m);
  terminal.key('ctrl-z');
  await terminal.waitFor(() => atPrompt(terminal));
  terminal.type('fg\r');
  await terminal.waitFor((screen) => terminal.altScreen && /\[1\/15\]/.test(screen));
  terminal.key('ctrl-c');
  await terminal.waitFor(() => atPrompt(terminal));
  terminal.type('exit\r');
  await terminal.waitExit();
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

// The shell has the terminal when its size changes: nobody tells the program.
test('stopped, resized and continued, it fills the terminal as it is then', async () => {
  const terminal = await openShell();
  terminal.type(`${program} --demo\r`);
  await terminal.waitFor((screen) => fresh.test(screen) && screen.includes('<+>'));
  await stop(terminal);
  terminal.resize(120, 40);
  terminal.type('fg\r');
  await terminal.waitFor(
    () => terminal.altScreen && terminal.line(-2).startsWith('└') && terminal.line(-2).length === 120,
    { timeout: 4_000 },
  );
  terminal.key('q');
  await terminal.waitFor(() => !terminal.altScreen);
  terminal.type('exit\r');
  await terminal.waitExit();
});

// Two keys in one read, and a dialog that is open meanwhile.
test('stopped twice at once with a dialog open, it comes back with the dialog', async () => {
  const terminal = await openShell();
  terminal.type(`${program} --demo\r`);
  await terminal.waitFor((screen) => fresh.test(screen) && screen.includes('<S>'));
  terminal.key('S');
  await terminal.waitFor('stop ctr_deepfm');
  terminal.write('\x1a\x1a');
  await terminal.waitFor(() => atPrompt(terminal) && terminal.text().includes('Stopped'));
  isTheShells(terminal);
  terminal.type('fg\r');
  await terminal.waitFor((screen) => terminal.altScreen && screen.includes('stop ctr_deepfm') && fresh.test(screen));
  terminal.key('esc');
  await terminal.waitGone('stop ctr_deepfm\n');
  terminal.key('down');
  await terminal.waitFor(() => underCursor(terminal).includes('fraud_detect'));
  terminal.key('q');
  await terminal.waitFor(() => atPrompt(terminal));
  terminal.type('exit\r');
  await terminal.waitExit();
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('stopped by somebody else, it gives the terminal back if it is told, and takes it anew in any case', async () => {
  const terminal = await openShell();
  const before = await run(terminal, 'stty -g');
  terminal.type(`${program} --demo\r`);
  await terminal.waitFor((screen) => fresh.test(screen) && screen.includes('<+>'));
  const { pid } = terminal.processes().find(({ command }) => command.includes('eas-tui --demo')) ?? {};
  if (pid === undefined) throw new Error('it does not run');

  process.kill(pid, 'SIGTSTP');
  await terminal.waitFor(() => atPrompt(terminal) && terminal.text().includes('Stopped'));
  isTheShells(terminal);
  expect(await run(terminal, 'stty -g')).toBe(before);
  await comeBack(terminal);

  // Nobody is told of this one: the shell finds the screen as it was left, and makes it its own.
  process.kill(pid, 'SIGSTOP');
  await terminal.waitFor(/\[1\]\+\s+Stopped/);
  terminal.type(`${String.raw`stty sane; printf '\033[?1049l\033[?25h\033[?2004l'; echo "mi""ne"`}\r`);
  await terminal.waitFor(() => !terminal.altScreen && /^mine$/m.test(terminal.text()));
  const mine = await run(terminal, 'stty -g');
  await comeBack(terminal);
  expect(terminal.cursor.visible).toBe(false);
  expect(terminal.bracketedPaste).toBe(true);
  terminal.key('down');
  await terminal.waitFor(() => underCursor(terminal).includes('fraud_detect'));
  terminal.key('q');
  await terminal.waitFor(() => atPrompt(terminal));
  isTheShells(terminal);
  expect(await run(terminal, 'stty -g')).toBe(mine);
  // What the line above made of them is not the program's doing.
  await run(terminal, `stty ${before}`);
  terminal.type('exit\r');
  await terminal.waitExit();
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('stopped and then killed by the shell, it leaves no process', async () => {
  const terminal = await openShell();
  terminal.type(`${program} --demo\r`);
  await terminal.waitFor((screen) => fresh.test(screen));
  await stop(terminal);
  await run(terminal, 'kill %1; fg');
  expect(await run(terminal, 'jobs')).toBe('');
  isTheShells(terminal);
  terminal.type('exit\r');
  await terminal.waitExit();
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});
