import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFile, readConfig } from '../../src/config.ts';

const file = '/home/me/.config/eas-tui/config.json';
const of = (content: unknown, bindings?: string[]) =>
  readConfig(file, { read: () => (typeof content === 'string' ? content : JSON.stringify(content)), bindings });

describe('where it is', () => {
  it.each([
    [{}, '/home/me/.config/eas-tui/config.json'],
    [{ XDG_CONFIG_HOME: '/etc/xdg' }, '/etc/xdg/eas-tui/config.json'],
    [{ XDG_CONFIG_HOME: '' }, '/home/me/.config/eas-tui/config.json'],
    [{ XDG_CONFIG_HOME: 'relative' }, '/home/me/.config/eas-tui/config.json'],
  ])('%j', (env, path) => expect(configFile(env, '/home/me')).toBe(path));
});

describe('what is read', () => {
  it('every setting, with keys in canonical spelling', () => {
    const settings = {
      region: 'cn-shanghai',
      profile: 'prod',
      refresh: 0.5,
      readonly: true,
      ascii: false,
      escMs: 300,
      protected: ['prod', '生产'],
      favourites: ['cn-shanghai', 'ap-southeast-1'],
    };
    const keys = { stop: 'Ctrl+D', describe: ['d', 'F5', 'd'] };
    expect(of({ ...settings, keys }, ['stop', 'describe'])).toEqual({
      ...settings,
      keys: { stop: ['ctrl-d'], describe: ['d', 'f5'] },
    });
  });

  it('from the disk; nothing where there is no file, or nothing in it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'eas-tui-config-'));
    try {
      writeFileSync(join(folder, 'config.json'), '\ufeff{"region": "cn-beijing"}');
      expect(readConfig(join(folder, 'config.json'))).toEqual({ region: 'cn-beijing' });
      expect(readConfig(join(folder, 'other.json'))).toEqual({});
      expect(readConfig(join(folder, 'config.json', 'below'))).toEqual({});
      expect(() => readConfig(folder)).toThrow(`${folder} cannot be read (EISDIR)`);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(of(' \n')).toEqual({});
  });

  it('a key named like a part of every object is no setting and harms nothing', () => {
    expect(() => of('{"__proto__": {"readonly": true}}')).toThrow('there is no setting "__proto__"');
    expect(() => of('{"toString": 1}')).toThrow('there is no setting "toString"');
    expect(({} as { readonly?: unknown }).readonly).toBeUndefined();
  });
});

describe('what is wrong is named with its mend', () => {
  it.each<[unknown, string]>([
    [{ refrsh: 2 }, `${file}: there is no setting "refrsh"; did you mean "refresh"?`],
    [{ zzzzzz: 2 }, `${file}: there is no setting "zzzzzz"; there are region, profile`],
    [{ region: 'cn_shanghai' }, `${file}: "region" is "cn_shanghai"; did you mean "cn-shanghai"?`],
    [{ region: 3 }, '"region" is 3; write a region id such as "cn-shanghai"'],
    [{ profile: ' ' }, '"profile" is " "; write the name of a profile'],
    [{ refresh: '2' }, '"refresh" is "2"; write seconds from 0.5 to 3600'],
    [{ refresh: 0.4 }, '"refresh" is 0.4; write seconds'],
    [{ readonly: 'yes' }, '"readonly" is "yes"; write true or false'],
    [{ ascii: null }, '"ascii" is null; write true or false'],
    [{ escMs: 2001 }, '"escMs" is 2001; write milliseconds from 20 to 2000'],
    [{ protected: 'prod' }, '"protected" is "prod"; write a list of profile names'],
    [{ protected: ['prod', 1] }, '"protected[1]" is 1; write the name of a profile'],
    [{ favourites: ['cn-beijing', 'CN'] }, '"favourites[1]" is "CN"'],
    [{ favourites: ['cn-beijing', 'cn-beijing'] }, '"cn-beijing" is in it twice'],
    [{ favourites: 'abcdefghij'.split('') }, 'there are 9 keys for 10 regions'],
    [{ keys: [] }, '"keys" is []; write an object'],
    [{ keys: { stop: 'ctrl-i' } }, '"keys.stop" is "ctrl-i"; key \'ctrl-i\': terminals send tab'],
    [{ keys: { stop: 'entre' } }, "did you mean 'enter'?"],
    [{ keys: { stop: [] } }, '"keys.stop" is []; name at least one key'],
    [{ keys: { stop: ['x', 7] } }, '"keys.stop" is 7; write a key'],
    [[], `${file} holds []; it must hold an object`],
    ['{\n  "region": "cn-beijing", // home\n}', `${file} is not valid JSON (line 2)`],
  ])('%j', (content, said) => {
    expect(() => of(content)).toThrow(said);
  });

  it('an id that no key has', () => {
    expect(() => of({ keys: { stpo: 'x' } }, ['stop', 'start'])).toThrow('no key does "stpo"; did you mean "stop"?');
    expect(of({ keys: { stpo: 'x' } })).toEqual({ keys: { stpo: ['x'] } });
  });

  it('in one line, also when the value is not', () => {
    let message = '';
    try {
      of({ region: 'cn\u001b[2J\nshanghai' });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('"region" is ');
    expect(message).not.toMatch(/[\p{Cc}]/u);
  });
});
