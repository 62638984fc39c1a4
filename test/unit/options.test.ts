import { describe, expect, it } from 'vitest';
import { optionsFrom, readOptions } from '../../src/options.ts';

const read = (...argv: string[]) => readOptions(argv, '1.2.3');
const started = (...argv: string[]) => {
  const parsed = read(...argv);
  if (parsed.kind !== 'start') throw new Error(`not started: ${JSON.stringify(parsed)}`);
  return optionsFrom(parsed.flags, {}, {});
};

describe('the arguments', () => {
  it('have defaults that send and show everything, every two seconds', () => {
    expect(started()).toMatchObject({
      vpc: false,
      allowHttp: false,
      readonly: false,
      demo: false,
      ascii: false,
      refresh: 2,
    });
  });

  it('are read, with a blank or an equals sign', () => {
    expect(
      started('--profile', 'prod', '--region=cn-shanghai', '--endpoint', 'http://127.0.0.1:1', '--refresh', '0.5'),
    ).toMatchObject({ profile: 'prod', region: 'cn-shanghai', endpoint: 'http://127.0.0.1:1', refresh: 0.5 });
    expect(started('--vpc', '--readonly', '--ascii', '--allow-http')).toMatchObject({
      vpc: true,
      readonly: true,
      ascii: true,
      allowHttp: true,
    });
    expect(started('--demo', '--readonly')).toMatchObject({ demo: true, readonly: true });
  });

  it('hand everything after `emulator` on', () => {
    expect(read('emulator', '--port', '0', '--bogus')).toEqual({ kind: 'emulator', argv: ['--port', '0', '--bogus'] });
  });

  it.each([
    ['--version', '1.2.3'],
    ['-V', '1.2.3'],
  ])('print the version with %s', (flag, text) => {
    expect(read(flag)).toEqual({ kind: 'print', text, code: 0 });
  });

  it('print what there is with --help', () => {
    const parsed = read('--help');
    expect(parsed).toMatchObject({ kind: 'print', code: 0 });
    for (const flag of [
      '--profile',
      '--region',
      '--endpoint',
      '--vpc',
      '--readonly',
      '--refresh',
      '--demo',
      '--ascii',
    ]) {
      expect(parsed.kind === 'print' && parsed.text).toContain(flag);
    }
  });

  it.each([
    [['--refresh', '0.4'], /refresh.*0\.4.*0\.5 to 3600/],
    [['--refresh', '3601'], /3601.*0\.5 to 3600/],
    [['--refresh', 'often'], /often.*0\.5 to 3600/],
    [['--refresh', ''], /0\.5 to 3600/],
    [['--refresh', 'NaN'], /0\.5 to 3600/],
    [['--refresh', 'Infinity'], /0\.5 to 3600/],
    [['--refresh'], /refresh.*argument missing/],
    [['--region', ' '], /region.*empty/],
    [['--profile', ''], /profile.*empty/],
    [['--endpoint', ''], /endpoint.*empty/],
    [['--regoin', 'x'], /--regoin.*--region/],
    [['what'], /too many arguments/],
    [['--demo', '--region', 'x'], /--demo.*leave out/],
    [['--demo', '--profile', 'x'], /--demo.*leave out/],
    [['--demo', '--endpoint', 'x'], /--demo.*leave out/],
  ])('%j is refused in one line with the mend', (argv, words) => {
    const parsed = read(...argv);
    if (parsed.kind !== 'print') throw new Error(`accepted: ${JSON.stringify(parsed)}`);
    expect(parsed.code).toBe(2);
    expect(parsed.text).toMatch(words);
    expect(parsed.text).toMatch(/^eas-tui: /);
    expect(parsed.text).not.toContain('\n');
  });
});
