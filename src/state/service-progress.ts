import { describeDiagnosis, type Service } from '../api/services.ts';
import { clock } from '../lib/age.ts';
import { statusTone } from '../screens/columns.ts';
import type { Field, Tone } from '../screens/define.ts';
import type { Desk, Page } from './desk.ts';

/** The id of the page that follows the making of a service. */
export const progressPage = (name: string): string => `create:${name}`;

/** What a service went through since it was asked for, on a page that grows while it is followed. */
export interface Progress {
  /** What the service says of itself now; undefined: nothing yet. */
  observe(now: Service | undefined): void;
  /** A line of our own. */
  note(tone: Tone, text: string): void;
  /** Keys that work on the page from now on. */
  keys(keys: NonNullable<Page['keys']>): void;
  show(): void;
}

/** Starts the page anew. `name` is the name asked for; the service may be given another. */
export function createProgress(desk: Desk, name: string): Progress {
  const id = progressPage(name);
  const lines: { text: string; tone?: Tone }[] = [];
  let latest: Service | undefined;
  let said = '';
  let keys: NonNullable<Page['keys']> = [];
  let diagnosed = false;

  const draw = (): void => {
    const known = (value: string | undefined): string => value ?? '-';
    const box: Field[] = [
      { name: 'Service', value: latest?.serviceName ?? name },
      { name: 'Intranet Endpoint', value: known(latest?.intranetEndpoint) },
      { name: 'Internet Endpoint', value: known(latest?.internetEndpoint) },
      // A mask in place of what is not known yet would say that there is one.
      latest?.accessToken ? { name: 'Token', value: latest.accessToken, secret: true } : { name: 'Token', value: '-' },
    ];
    desk.page(id, {
      title: `create ${latest?.serviceName ?? name}`,
      box,
      sections: [{ title: 'Progress', lines }],
      keys,
    });
  };

  const add = (tone: Tone, text: string): void => {
    lines.push({ text: `${clock(desk.clock.now())}  ${text}`, tone });
    draw();
  };

  const diagnose = async (service: Service): Promise<void> => {
    try {
      const found = await describeDiagnosis(desk.client, service.serviceName);
      for (const { error, causes, advices } of found) {
        if (error) add('bad', `error   ${error}`);
        for (const cause of causes) add('plain', `cause   ${cause}`);
        for (const advice of advices) add('plain', `advice  ${advice}`);
      }
      if (found.length === 0) add('dim', 'the service gives no diagnosis');
    } catch (error) {
      add('dim', `diagnosis not available: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  return {
    observe(now) {
      if (!now) return;
      latest = now;
      const { status, message, reason, totalInstance, pendingInstance, runningInstance } = now;
      const counts = `[Total: ${totalInstance ?? '-'}, Pending: ${pendingInstance ?? '-'}, Running: ${runningInstance ?? '-'}]`;
      const line = [status ?? '-', counts, message].filter(Boolean).join('  ');
      if (line === said) return draw();
      said = line;
      const tone = statusTone(status);
      add(tone, line);
      if (tone !== 'bad' || diagnosed) return;
      diagnosed = true;
      if (reason && reason !== message) add('bad', `reason  ${reason}`);
      void diagnose(now);
    },
    note: add,
    keys(next) {
      keys = next;
      draw();
    },
    show() {
      draw();
      desk.show(id);
    },
  };
}
