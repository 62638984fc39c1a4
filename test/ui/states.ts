import { ApiError } from '../../src/api/errors.ts';
import { createProgram, type Program, wireService, wireWorker } from '../unit/state/program.ts';

/** Texts that would move, colour or break a line if they were drawn as they are. */
const hostile = [
  '\u001b[31mred\u001b[0m',
  '\u001b]52;c;aGk=\u0007',
  'a\nb\tc\r\nd',
  '\u202egnp.exe',
  'zero\u200bwidth',
  'Z\u0310\u0311\u0312\u0313\u0314algo',
  '👩‍👩‍👧‍👦🇨🇳✌🏽',
  '模型服务'.repeat(30),
  'x'.repeat(300),
  '\u009b31m\u0000',
] as const;

const denied = () =>
  new ApiError({
    kind: 'denied',
    code: 'Forbidden.RAM',
    message: `no right to list services ${'and so on '.repeat(30)}`,
    requestId: '0000-1111',
  });

const fleet = (count = 40) =>
  Array.from({ length: count }, (_, place) =>
    wireService(`service-${String(place).padStart(4, '0')}`, {
      Status: ['Running', 'Failed', 'Waiting', 'Stopped', 'Scaling'][place % 5],
      RunningInstance: place % 3,
    }),
  );

const refuse = (): never => {
  throw denied();
};

const fail = (program: Program, operation: string): void => {
  program.service.answers[operation] = refuse;
};

const strange = () =>
  hostile.map((text, place) =>
    wireService(text, {
      ServiceId: `id${place}`,
      Status: place % 2 ? text : 'Failed',
      Message: text,
      ResourceAlias: text,
    }),
  );

/** What the screen can be in the midst of, by name: each a program in that state. */
export const states: Readonly<Record<string, () => Promise<Program>>> = {
  loading: () => createProgram({ held: ['ListServices'] }),
  empty: () => createProgram({ services: [] }),
  rows: () => createProgram({ services: fleet() }),
  wide: async () => pressed(await createProgram({ services: fleet() }), 'W', '>', '>', 'O'),
  'the last row': async () => pressed(await createProgram({ services: fleet(1_024) }), 'G'),
  'faults only': async () => pressed(await createProgram({ services: fleet() }), 'f'),
  marks: async () => pressed(await createProgram({ services: fleet() }), 'space', 'space', '~'),
  'never read': async () => {
    const program = await createProgram({ answers: { ListServices: refuse } });
    await program.clock.advance(5_000);
    return program;
  },
  trouble: async () => {
    const program = await createProgram({ services: fleet() });
    fail(program, 'ListServices');
    await program.clock.advance(5_000);
    return program;
  },
  'nothing passes the filter': async () => {
    const program = await pressed(await createProgram({ services: fleet() }), '/');
    await program.type('nowhere');
    return pressed(program, 'enter');
  },
  'a filter that cannot be read': async () => {
    const program = await pressed(await createProgram({ services: fleet() }), '/');
    await program.type('[模型');
    return program;
  },
  staged: async () => pressed(await createProgram({ services: fleet() }), '+', '+', 'down', '=', '1', '2', 'down', '-'),
  'a command': async () => {
    const program = await pressed(await createProgram({ services: fleet() }), ':');
    await program.type(`scale ${'很长的名字'.repeat(20)} x`);
    return pressed(program, 'left', 'left');
  },
  'a command that is wrong': async () => {
    const program = await pressed(await createProgram({ services: fleet() }), ':');
    await program.type('servces');
    return pressed(program, 'enter');
  },
  'a dialog': async () => pressed(await createProgram({ services: fleet() }), 'S'),
  'a typed dialog': async () => pressed(await createProgram({ services: fleet() }), '*', 'S', '4'),
  'a menu': async () => pressed(await createProgram({ services: fleet() }), 'K'),
  'a ghost': async () => {
    const program = await createProgram({ services: fleet() });
    program.service.services = program.service.services.slice(1);
    await program.clock.advance(6_000);
    return program;
  },
  'a watch': async () => {
    const program = await pressed(await createProgram({ services: fleet() }), '+', 'enter');
    await program.clock.advance(5_000);
    return program;
  },
  'a long message': async () => {
    const program = await createProgram({ services: fleet() });
    fail(program, 'ScaleService');
    return pressed(program, '+', 'enter');
  },
  'read-only and paused': async () =>
    pressed(await createProgram({ services: fleet(), session: { readOnly: true, ledger: 'off' } }), 'p', 'S'),
  workers: async () => {
    const program = await createProgram();
    program.service.workers = [wireWorker('w-1'), wireWorker('w-2', { Status: 'Pending', Reason: 'no capacity' })];
    await program.press('enter');
    await program.clock.advance(400);
    return program;
  },
  'no workers': async () => pressed(await createProgram(), 'enter'),
  describe: async () => pressed(await createProgram({ services: fleet() }), 'down', 'd'),
  json: async () => pressed(await createProgram({ services: fleet() }), 'y'),
  help: async () => pressed(await createProgram({ services: fleet() }), '?', 'pgdn'),
  messages: async () => {
    const program = await pressed(await createProgram({ services: fleet() }), 'u', ':');
    await program.type('messages');
    return pressed(program, 'enter');
  },
  'found in a page': async () => {
    const program = await pressed(await createProgram({ services: fleet() }), 'd', '/');
    await program.type('s');
    return pressed(program, 'enter', 'n');
  },
  'hostile rows': async () => pressed(await createProgram({ services: strange() }), 'W'),
  'hostile describe': async () => pressed(await createProgram({ services: strange() }), 'd', 'x'),
  'hostile json': async () => pressed(await createProgram({ services: strange() }), 'y', 'o'),
  'hostile scope': async () => pressed(await createProgram({ services: strange() }), 'enter'),
  'a hostile ghost': async () => {
    const program = await createProgram({ services: [wireService('\u001b[31mred\nname')] });
    program.service.services = [];
    await program.clock.advance(6_000);
    return program;
  },
  'a hostile dialog': async () => pressed(await createProgram({ services: [wireService('\u001b[31mred\nname')] }), 'S'),
  'a hostile paste': async () => {
    const program = await pressed(await createProgram(), '/');
    program.cockpit.paste('a\u001b[31mb\u202ec');
    return pressed(program, 'home');
  },
};

async function pressed(program: Program, ...keys: string[]): Promise<Program> {
  for (const key of keys) await program.press(key);
  return program;
}
