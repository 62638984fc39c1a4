import { stamp } from '../lib/age.ts';
import { ageColumn, textColumn } from './columns.ts';
import { defineScreen, type Scope, type Section, type Tone } from './define.ts';
import { sectionsOf } from './describe.ts';

/** How an action of unknown outcome ended, as a person has found out. */
export type Settled = 'was done' | 'not done';

/** One thing that was sent, with how it ended. */
export interface LedgerRow {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number | undefined;
  readonly who: string | undefined;
  readonly region: string | undefined;
  readonly target: string;
  /** Where the object is shown; undefined in entries of earlier versions, which are of services. */
  readonly screen: string | undefined;
  readonly scope: Scope | undefined;
  readonly words: string;
  /** The equal eascmd line. */
  readonly cli: string | undefined;
  /** `accepted`, `refused`, `unknown` or `under way`; what was unknown and has been looked up `was done` or `not done`. */
  readonly outcome: string | undefined;
  readonly requestId: string | undefined;
  readonly message: string | undefined;
  readonly raw: Readonly<Record<string, unknown>>;
}

const tones: Readonly<Record<string, Tone>> = {
  accepted: 'ok',
  refused: 'bad',
  unknown: 'warn',
  'under way': 'busy',
  'was done': 'ok',
  'not done': 'dim',
};

const tone = ({ outcome }: LedgerRow): Tone => tones[outcome ?? ''] ?? 'plain';

export const ledger = defineScreen<LedgerRow>({
  id: 'ledger',
  title: 'ledger',
  alias: ['audit'],
  needs: [],
  sort: { column: 'at', descending: true },
  columns: [
    {
      id: 'at',
      title: 'AT',
      width: 19,
      value: (row) => row.at,
      text: (row) => (row.at === undefined ? '-' : stamp(row.at)),
    },
    textColumn('what', 'WHAT', 20, (row) => row.words, { grow: true }),
    { id: 'outcome', title: 'OUTCOME', width: 9, value: (row) => row.outcome, tone },
    textColumn('region', 'REGION', 12, (row) => row.region, { drop: 2 }),
    textColumn('request', 'REQUEST', 36, (row) => row.requestId, { drop: 1 }),
    textColumn('who', 'WHO', 30, (row) => row.who, { wide: true }),
    ageColumn((row) => row.at),
  ],
  async *list(api) {
    yield await api.ledger.entries();
  },
  rowId: (row) => row.id,
  rowName: (row) => row.words,
  fault: (row) =>
    row.outcome === 'refused' || row.outcome === 'unknown' ? { word: row.outcome, tone: tone(row) } : undefined,
  // Where an unknown outcome is looked up: at the object itself.
  enter: ({ target, screen = 'services', scope = {}, region }) => ({
    screen: target.startsWith('oss://') ? 'uploads' : screen,
    scope,
    region,
    find: target.startsWith('oss://') ? undefined : target,
  }),
  async describe(_api, row): Promise<Section[]> {
    const { at, who, region, target, words, cli, outcome, requestId, message, raw } = row;
    const { before, after, ...rest } = raw;
    // Who found out how it ended, and when.
    const settled = rest['settled'] as Readonly<Record<string, unknown>> | undefined;
    return [
      {
        title: 'Entry',
        fields: [
          { name: 'At', value: at === undefined ? undefined : stamp(at) },
          { name: 'Who', value: who },
          { name: 'Region', value: region },
          { name: 'What', value: words },
          { name: 'Object', value: target },
          { name: 'Outcome', value: outcome, tone: tone(row) },
          ...(settled === undefined
            ? []
            : [
                { name: 'SettledAt', value: settled['at'] },
                { name: 'SettledBy', value: settled['by'] },
              ]),
          { name: 'Message', value: message },
          { name: 'RequestId', value: requestId },
          { name: 'As eascmd', value: cli },
        ],
      },
      { title: 'Before', json: before ?? {} },
      { title: 'After', json: after ?? {} },
      ...sectionsOf('As the file has it', rest, ['id', 'action', 'operation']),
    ];
  },
  json: (row) => row.raw,
});
