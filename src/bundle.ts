import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** A bundle that has run. */
export interface Bundle<T> {
  readonly exports: T;
  /** Keeps the code that V8 has made by now for the next start, if there was none to begin with. Never throws. */
  keepCode(): void;
}

/**
 * Runs a bundle beside this one, which the build has made one function expression of a CommonJS module, with the code V8
 * made of it in an earlier run: that saves compiling it anew. The code is kept beside the bundle (the build does that) or,
 * for another Node.js, in the user's cache folder. It holds for one build of the program, one V8 with its flags and one
 * kind of processor: V8 refuses what does not fit.
 */
export function runBundle<T>(name: string, build: string): Bundle<T> {
  const file = join(__dirname, `${name}.cjs`);
  // V8 takes code only under the flags it was made under: each set of them has its own, or they would take turns.
  const tag = process.getBuiltinModule('node:v8').cachedDataVersionTag().toString(16);
  const kept = `${name}-${build}-${process.versions.v8}-${process.arch}-${tag}.code`;
  const places = [__dirname, cacheFolder()];
  const { script, hasCode } = compile(file, places, kept);
  const module = { exports: {} as T };
  script.runInThisContext().call(module.exports, module.exports, require, module, file, __dirname);
  return {
    exports: module.exports,
    keepCode() {
      if (hasCode) return;
      const code = script.createCachedData();
      firstOf(places, (folder) => writeCode(folder, kept, code, `${name}-`));
    },
  };
}

/** A function of its own: nothing that stays for long holds the code that was read, which is larger than the program. */
function compile(file: string, places: readonly string[], kept: string): { script: Script; hasCode: boolean } {
  // The build sees to it that each character is one byte: so no decoding, and half the memory.
  const source = readFileSync(file, 'latin1');
  const cachedData = firstOf(places, (folder) => readCode(join(folder, kept)));
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  return { script, hasCode: cachedData !== undefined && script.cachedDataRejected === false };
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'eas-tui');
}

function firstOf<T>(folders: readonly string[], look: (folder: string) => T | undefined): T | undefined {
  for (const folder of folders) {
    try {
      const found = look(folder);
      if (found !== undefined) return found;
    } catch {
      // Not there, not ours to read or write: the next place, or without.
    }
  }
  return undefined;
}

/** It is run as it is: code that somebody else may have written is not taken. */
function readCode(path: string): Buffer | undefined {
  const { uid, mode } = statSync(path);
  const owner = process.getuid?.();
  if ((mode & 0o022) !== 0 || (owner !== undefined && uid !== owner && uid !== 0)) return undefined;
  const whole = readFileSync(path);
  // The last four bytes say how long it is: half a file is no code.
  const length = whole.length - 4;
  return length > 0 && whole.readUInt32LE(length) === length ? whole.subarray(0, length) : undefined;
}

function writeCode(folder: string, name: string, code: Buffer, family: string): true {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(code.length);
  const path = join(folder, name);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, Buffer.concat([code, length]), { mode: 0o644 });
  renameSync(draft, path);
  // Of older builds; those of another Node.js and the same build stay.
  const build = name.split('-').slice(0, 2).join('-');
  for (const other of readdirSync(folder)) {
    const old = other.startsWith(family) && other.endsWith('.code') && !other.startsWith(`${build}-`);
    if (old && dirname(path) !== __dirname) rmSync(join(folder, other), { force: true });
  }
  return true;
}
