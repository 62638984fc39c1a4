import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { createLedger, type Ledger, type LedgerOptions } from '../../src/state/ledger.ts';
import type { Entry } from '../../src/state/runner.ts';

export type Line = Record<string, unknown>;

/** A place for a ledger, removed with the test. */
export function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'state', 'eas-tui', 'ledger.jsonl');
}

export interface Kept {
  readonly ledger: Ledger;
  /** What was said of whether the record can be kept, in order. */
  readonly said: boolean[];
}

export function openLedger(file: string, more: Partial<LedgerOptions> = {}): Kept {
  const said: boolean[] = [];
  let count = 0;
  const ledger = createLedger({
    file,
    who: () => 'test · AK …3f2a',
    region: 'cn-shanghai',
    host: 'here',
    pid: 1234,
    now: Date.now,
    newId: () => `id-${++count}`,
    alive: () => true,
    status: (kept) => said.push(kept),
    ...more,
  });
  return { ledger, said };
}

export const scaling = (target: string, to = 5): Entry => ({
  action: 'scale',
  operation: 'ScaleService',
  screen: 'services',
  scope: {},
  target,
  words: `scale ${target} 2→${to}`,
  cli: `eascmd modify ${target} -Dmetadata.instance=${to}`,
  before: { totalInstance: 2 },
  after: { totalInstance: to },
});

export const accepted = { outcome: 'accepted', requestId: '40325405-579C-4D82', message: undefined } as const;

/** All lines of a file; throws when one is no JSON. */
export function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Until the end of the test, ledgers promise to be on the disk only when `hold` has resolved and the disk says so. */
export async function holdDatasync(hold: () => Promise<unknown>, promised: () => void = () => undefined) {
  const probe = await open('/dev/null');
  const methods = Object.getPrototypeOf(probe) as { readonly fd: number; datasync(): Promise<void> };
  await probe.close();
  const real = methods.datasync;
  const spy = vi.spyOn(methods, 'datasync').mockImplementation(async function (this: typeof methods) {
    if (!readlinkSync(`/proc/self/fd/${this.fd}`).endsWith('ledger.jsonl')) return real.call(this);
    await hold();
    await real.call(this);
    promised();
  });
  onTestFinished(() => spy.mockRestore());
}

type Write = (bytes: Buffer) => Promise<{ bytesWritten: number }>;

/** The next writes to ledgers go through `instead`, as many as said. */
export async function replaceWrite(instead: (write: Write, bytes: Buffer) => ReturnType<Write>, times: number) {
  const probe = await open('/dev/null');
  const methods = Object.getPrototypeOf(probe) as { readonly fd: number; write: Write };
  await probe.close();
  const real = methods.write;
  let left = times;
  const spy = vi.spyOn(methods, 'write').mockImplementation(function (this: typeof methods, bytes) {
    const write: Write = (some) => real.call(this, some);
    if (left === 0 || !readlinkSync(`/proc/self/fd/${this.fd}`).endsWith('ledger.jsonl')) return write(bytes);
    left--;
    return instead(write, bytes);
  });
  onTestFinished(() => spy.mockRestore());
}
