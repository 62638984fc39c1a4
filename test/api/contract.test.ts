import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let copy = '';
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'eas-tui-contract-'));
  await cp('scripts/contract.mjs', join(copy, 'scripts/contract.mjs'));
  await cp('src/api/contract', join(copy, 'src/api/contract'), { recursive: true });
});
afterEach(() => rm(copy, { recursive: true }));

function generate(...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(copy, 'scripts/contract.mjs'), ...args], (error, _, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stderr });
    });
  });
}

async function edit(
  change: (contract: { operations: Record<string, Record<string, unknown>> }) => void,
): Promise<void> {
  const path = join(copy, 'src/api/contract/eas-2021-07-01.json');
  const contract = JSON.parse(await readFile(path, 'utf8'));
  change(contract);
  await writeFile(path, JSON.stringify(contract));
}

it('the generated files are what the contract gives', async () => {
  expect(await generate('--check')).toEqual({ code: 0, said: '' });
});

it('says when they are stale, and mends that', async () => {
  await edit(({ operations }) => delete operations.ScaleService);
  expect(await generate('--check')).toEqual({
    code: 1,
    said: 'contract: src/api/contract/operations.gen.ts is stale against eas-2021-07-01.json: run `npm run contract`\n',
  });
  expect((await generate()).code).toBe(0);
  expect((await generate('--check')).code).toBe(0);
});

it('refuses a name that means two things in one operation', async () => {
  await edit(({ operations }) =>
    Object.assign(operations.ScaleService ?? {}, { query: { Instance: { type: 'string' } } }),
  );
  expect(await generate()).toEqual({
    code: 1,
    said: 'contract: ScaleService: "Instance" is a parameter of both query and body\n',
  });
});
