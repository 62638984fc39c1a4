/** The program with services that have configurations, a state folder, and editors that are small scripts. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { merge } from '../../../src/service-json/merge.ts';
import type { JsonObject } from '../../../src/service-json/value.ts';
import { create, creating, releaseCreate } from '../../../src/state/verbs/create.ts';
import { drafts } from '../../../src/state/verbs/drafts.ts';
import { edit } from '../../../src/state/verbs/edit.ts';
import { modify } from '../../../src/state/verbs/modify.ts';
import { restore } from '../../../src/state/verbs/restore.ts';
import { settled } from '../state/manual-clock.ts';
import { createProgram, type Program, type ProgramOptions, wireService } from '../state/program.ts';
import { textOf } from './live.ts';

export interface ConfigProgram extends Program {
  /** Where drafts and saved configurations are kept. */
  readonly folder: string;
  command(line: string): Promise<void>;
  /** Waits until something holds; files are read and written meanwhile. */
  until(what: string, holds: () => unknown): Promise<void>;
  /** Waits for a menu and takes the item that begins so. */
  pick(label: string): Promise<void>;
  /** Waits for the question and answers yes; its lines. */
  yes(): Promise<readonly string[]>;
  /** Waits until a message says it. */
  says(text: string | RegExp): Promise<void>;
  /** What the page on top says; '' when there is none. */
  shown(): string;
  drafts(): string[];
  /** What a service was given. */
  config(name: string): JsonObject;
  /** Exchanges the configuration of a service, as somebody else would. */
  reconfigure(name: string, config: JsonObject): void;
  file(name: string, content: string | Uint8Array): string;
  /** Makes $EDITOR a shell script; the draft is "$1". */
  editor(script: string): void;
  bodies(operation: string): JsonObject[];
}

const patienceMs = 5_000;

export function service(name: string, config: JsonObject, more: Record<string, unknown> = {}) {
  return wireService(name, {
    ServiceConfig: JSON.stringify({ name, ...config }),
    Region: 'cn-test',
    AccessToken: `token-of-${name}`,
    IntranetEndpoint: `http://vpc/${name}`,
    InternetEndpoint: `http://net/${name}`,
    ...more,
  });
}

export async function openConfig(options: ProgramOptions = {}): Promise<ConfigProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const state = join(folder, 'state');
  const program = await createProgram({
    verbs: [create, releaseCreate, creating, modify, edit, restore, drafts],
    stateFolder: state,
    services: [
      service('mnist', { processor: 'pmml', model_path: 'oss://b/m.tar.gz', metadata: { instance: 2, cpu: 1 } }),
    ],
    ...options,
  });
  const { service: fake } = program;
  const find = ({ ServiceName }: Record<string, unknown>) => {
    const found = fake.services.find((one) => one['ServiceName'] === ServiceName);
    if (found) return found;
    throw new ApiError({ kind: 'missing', code: 'InvalidService.NotFound', message: 'it does not exist', status: 404 });
  };
  const usual = {
    DescribeService: find,
    CreateService({ body }: Record<string, unknown>) {
      const config = JSON.parse(String(body)) as JsonObject & { metadata?: JsonObject };
      const beside = config.metadata?.['release'] === true;
      const name = `${String(config['name'])}${beside ? '_9c16a222' : ''}`;
      if (fake.services.some((one) => one['ServiceName'] === name))
        throw new ApiError({
          kind: 'conflict',
          code: 'ServiceAlreadyExists',
          message: `Service [${name}] already exists.`,
          requestId: 'R-409',
        });
      fake.services = [
        ...fake.services,
        service(name, config, { Status: 'Creating', RunningInstance: 0, PendingInstance: 2 }),
      ];
      return { RequestId: 'R-1', ServiceId: `eas-m-${name}`, ServiceName: name, Status: 'Creating' };
    },
    UpdateService(params: Record<string, unknown>) {
      const old = find(params);
      const change = JSON.parse(String(params['body'])) as JsonObject;
      const before = JSON.parse(String(old['ServiceConfig'])) as JsonObject;
      const config = params['UpdateType'] === 'replace' ? change : merge(before, change);
      const instance = (config['metadata'] as JsonObject | undefined)?.['instance'];
      Object.assign(old, {
        ServiceConfig: JSON.stringify(config),
        TotalInstance: instance,
        RunningInstance: instance,
        UpdateTime: '2026-01-02T03:04:06Z',
      });
      return { RequestId: 'R-2', Message: 'updated' };
    },
    DeleteService(params: Record<string, unknown>) {
      find(params);
      fake.services = fake.services.filter((one) => one['ServiceName'] !== params['ServiceName']);
      return { RequestId: 'R-3' };
    },
  };
  for (const [name, answer] of Object.entries(usual)) fake.answers[name] ??= answer;
  vi.stubEnv('VISUAL', '');
  onTestFinished(() => void vi.unstubAllEnvs());

  const until: ConfigProgram['until'] = async (what, holds) => {
    const end = Date.now() + patienceMs;
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`waited for ${what}; said: ${program.messages().join(' | ')}; shown: ${shown()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await settled();
    }
  };
  const shown = (): string => {
    const { frames, pages } = program.state();
    const top = frames.at(-1);
    return top?.kind === 'view' && top.view === 'page' ? textOf(pages[top.row ?? '']) : '';
  };
  return {
    ...program,
    folder,
    until,
    shown,
    async command(line) {
      await program.press(':');
      await program.type(line);
      await program.press('enter');
    },
    async pick(label) {
      await until(`a menu with ${label}`, () =>
        program.state().menu?.items.some((item) => item.label.startsWith(label)),
      );
      const { menu } = program.state();
      const place = menu?.items.findIndex((item) => item.label.startsWith(label)) ?? 0;
      for (let step = menu?.index ?? 0; step < place; step++) await program.press('down');
      await program.press('enter');
    },
    async yes() {
      await until('a question', () => program.state().dialog);
      const { dialog } = program.state();
      if (dialog?.word !== undefined) await program.type(dialog.word);
      await program.press('tab', 'enter');
      return dialog ? [dialog.title, ...dialog.lines] : [];
    },
    says: (text) =>
      until(String(text), () =>
        program.messages().some((message) => (typeof text === 'string' ? message.includes(text) : text.test(message))),
      ),
    drafts() {
      try {
        return readdirSync(join(state, 'drafts')).filter((name) => name.endsWith('.json'));
      } catch {
        return [];
      }
    },
    config: (name) =>
      JSON.parse(String(fake.services.find((one) => one['ServiceName'] === name)?.['ServiceConfig'])) as JsonObject,
    reconfigure(name, config) {
      fake.services = fake.services.map((one) =>
        one['ServiceName'] === name ? { ...one, ServiceConfig: JSON.stringify(config) } : one,
      );
    },
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    editor(script) {
      const path = join(folder, 'editor.sh');
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      vi.stubEnv('EDITOR', path);
    },
    bodies: (operation) => fake.of(operation).map(({ params }) => JSON.parse(String(params['body'])) as JsonObject),
  };
}

export const contentOf = (file: string): string => readFileSync(file, 'utf8');
