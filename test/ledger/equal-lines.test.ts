/** Whatever is sent that is no read is in the ledger, with the equal eascmd line: each action and each verb is done here. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { operations } from '../../src/api/contract/operations.gen.ts';
import { screens } from '../../src/screens/index.ts';
import { verbs } from '../../src/state/verbs/index.ts';
import { type Live, openOn } from '../unit/verbs/live.ts';
import { bucketName, MiB } from '../upload/setting.ts';
import { type Line, linesOf } from './record.ts';

const mnist = 'mnist_saved_model_example';
const fresh = 'savedmodel_example_9c16a222';

/** Does one thing until it has been sent; answers the lines that have to be in the ledger then. */
type Way = (live: Live) => Promise<string[]>;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'equal-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
}

const service = (name: string): string =>
  file(
    `${name}.json`,
    JSON.stringify({
      name,
      processor: 'pmml',
      model_path: 'http://eas-data.oss-cn-shanghai.aliyuncs.com/models/lr.tar.gz',
      metadata: { instance: 1, cpu: 1, memory: 1000 },
    }),
  );

/** By command; `asked` when a question comes. */
const by =
  (line: string, cli: string, asked: 'asked' | 'at once' = 'asked'): Way =>
  async (live) => {
    live.command(line);
    if (asked === 'asked') await live.yes();
    return [cli];
  };

/** The resource group with most nodes, and one of them. */
function nodeOf({ emulator }: Live) {
  const groups = [...emulator.model.resources.values()].toSorted((a, b) => b.nodes.length - a.nodes.length);
  const [group, other] = groups;
  const node = group?.nodes[0];
  if (!group || !other || !node) throw new Error('the fleet is too small');
  return { group: group.id, other: other.id, node };
}

const onNode =
  (
    line: (name: string, other: string) => string,
    cli: (group: string, id: string, other: string, name: string) => string,
    asked = true,
  ): Way =>
  async (live) => {
    const { group, other, node } = nodeOf(live);
    await live.goTo(`nodes ${group}`, 'instances', node.name);
    live.command(line(node.name, other));
    if (asked) await live.yes();
    return [cli(group, node.id, other, node.name)];
  };

const onWorker =
  (line: string, cli: (name: string) => string, { asked = false, isolated = false } = {}): Way =>
  async (live) => {
    const worker = live.emulator.model.services.get(mnist)?.workers?.[0];
    if (!worker) throw new Error(`${mnist} has no worker`);
    worker.isolated = isolated;
    await live.goTo(`workers ${mnist}`, 'workers', worker.name);
    live.command(`${line} ${worker.name}`);
    if (asked) await live.yes();
    return [cli(worker.name)];
  };

/** An upload so slow that it is stopped in the middle. */
async function pausedUpload(live: Live): Promise<string> {
  const path = file('model.bin', Buffer.alloc(12 * MiB));
  live.emulator.oss.faults.set(['slow=100:UploadPart']);
  live.command(`upload ${path} oss://${bucketName}/models/`);
  await live.told(/uploading/);
  await live.goTo('uploads', 'uploads', 'model.bin');
  await live.pressWhenOn('S');
  await live.until('the pause', () => ended(live).length === 1);
  return path;
}

const ended = ({ ledger }: Live): Line[] =>
  sentOf(ledger).filter(({ id }) => linesOf(ledger).some((line) => line['id'] === id && line['event'] === 'ended'));

function sentOf(path: string): Line[] {
  try {
    return linesOf(path).filter(({ event }) => event === 'sent');
  } catch {
    return [];
  }
}

const noEascmd = (what: string): string => `# eascmd ${what}`;

const ofActions: Record<string, Way> = {
  'services scale': by(`scale ${mnist} 3`, `eascmd modify ${mnist} -Dmetadata.instance=3`, 'at once'),
  'services start': by('start nightly_report_scorer', 'eascmd start nightly_report_scorer'),
  'services stop': by(`stop ${mnist}`, `eascmd stop ${mnist}`),
  'services restart': by(`restart ${mnist}`, noEascmd(`has no restart: eascmd stop ${mnist} && eascmd start ${mnist}`)),
  'services delete': by(`delete ${mnist}`, `eascmd delete ${mnist}`),
  'services lock': by(
    `lock ${mnist} all`,
    noEascmd(`has no safety lock: UpdateServiceSafetyLock ${mnist} Lock=all`),
    'at once',
  ),
  'services weight': by(`weight ${fresh} 40`, `eascmd release ${fresh} -w 40`),
  'services traffic': by(
    'traffic rec_rank_exp standalone',
    noEascmd('has no traffic state: ReleaseService rec_rank_exp TrafficState=standalone'),
  ),
  'services version': by(`version ${mnist} 2`, `eascmd version ${mnist} 2`),
  'instances cordon': async (live) => {
    const { group, node } = nodeOf(live);
    await live.goTo(`nodes ${group}`, 'instances', node.name);
    await live.pressWhenOn('C');
    return [
      noEascmd(
        `has no cordon: UpdateResourceInstance ${group} ${node.id} Action=Cordon Reason='cordoned with eas-tui'`,
      ),
    ];
  },
  'instances uncordon': async (live) => {
    const { node } = nodeOf(live);
    node.cordoned = true;
    return onNode(
      (name) => `uncordon ${name}`,
      (group, id) => noEascmd(`has no uncordon: UpdateResourceInstance ${group} ${id} Action=Uncordon`),
      false,
    )(live);
  },
  'workers isolate': onWorker('isolate', (name) =>
    noEascmd(`cannot do this: UpdateServiceInstance ${mnist} ${name} Isolate=true`),
  ),
  'workers put-back': onWorker(
    'put-back',
    (name) => noEascmd(`cannot do this: UpdateServiceInstance ${mnist} ${name} Isolate=false`),
    { isolated: true },
  ),
  'workers restart-worker': onWorker(
    'restart-worker',
    (name) => noEascmd(`cannot do this: DeleteServiceInstances ${mnist} ${name} SoftRestart=true`),
    { asked: true },
  ),
  'workers dw': onWorker('dw', (name) => `eascmd dw ${mnist} ${name}`, { asked: true }),
  'workers detach': onWorker(
    'detach',
    (name) => noEascmd(`cannot do this: UpdateServiceInstance ${mnist} ${name} Detach=true`),
    { asked: true, isolated: true },
  ),
};

const ofVerbs: Record<string, Way> = {
  async create(live) {
    const path = service('fresh_one');
    return by(`create ${path}`, `eascmd create ${path}`)(live);
  },
  async 'release-create'(live) {
    const path = service(mnist);
    return by(`release-create ${path}`, `eascmd create ${path} -r`)(live);
  },
  modify: by('modify ctr_deepfm metadata.cpu=3', 'eascmd modify ctr_deepfm -Dmetadata.cpu=3'),
  async edit(live) {
    const editor = file('editor.sh', `#!/bin/sh\nsed -i 's/"cpu": [0-9]*/"cpu": 5/' "$1"\n`);
    chmodSync(editor, 0o755);
    vi.stubEnv('EDITOR', editor);
    onTestFinished(() => void vi.unstubAllEnvs());
    live.command('edit ctr_deepfm');
    await live.until('the difference', ({ frames }) => {
      const top = frames.at(-1);
      return top?.kind === 'view' && top.row?.startsWith('edit:');
    });
    live.press('enter');
    await live.until('the menu', ({ menu }) => menu !== undefined);
    live.press('enter');
    await live.yes();
    return ['eascmd modify ctr_deepfm -s ctr_deepfm.json'];
  },
  async restore(live) {
    live.command('delete ctr_deepfm');
    await live.yes();
    await live.told(/deleted ctr_deepfm/);
    live.command('restore ctr_deepfm');
    await live.yes();
    return ['eascmd delete ctr_deepfm', expect.stringMatching(/^eascmd create \S+\/ctr_deepfm\S*\.json$/)];
  },
  async upload(live) {
    const path = file('model.bin', 'content');
    return by(`upload ${path} oss://${bucketName}/models/`, `eascmd upload ${path}`, 'at once')(live);
  },
  async 'resume-upload'(live) {
    const path = await pausedUpload(live);
    live.emulator.oss.faults.set([]);
    await live.pressWhenOn('s');
    return [`eascmd upload ${path}`, `eascmd upload ${path}`];
  },
  async 'cancel-upload'(live) {
    const path = await pausedUpload(live);
    await live.pressWhenOn('ctrl-d');
    await live.yes();
    return [
      `eascmd upload ${path}`,
      noEascmd(`cannot do this: AbortMultipartUpload oss://${bucketName}/models/model.bin`),
    ];
  },
  async leftovers(live) {
    const { store } = live.emulator.oss;
    store.initiate(store.bucket(bucketName), 'old/leftover.bin');
    live.command(`leftovers ${bucketName}`);
    await live.until('the menu', ({ menu }) => menu !== undefined);
    live.press('enter');
    await live.yes();
    return [noEascmd(`cannot do this: AbortMultipartUpload oss://${bucketName}/old/leftover.bin`)];
  },
  version: (live) => way('services version')(live),
  weight: (live) => way('services weight')(live),
  traffic: (live) => way('services traffic')(live),
  ramp: by(`ramp ${fresh} 25 hold 5m`, `eascmd release ${fresh} -w 25`),
  async network(live) {
    const { group } = nodeOf(live);
    const text =
      '{"Action":"create","VSwitchId":"vsw-1","SecurityGroupId":"sg-1","VSwitchIdList":[],"DestinationCIDR":"172.16.0.0/12"}';
    live.command(`network ${group} -s ${file('network.json', text)}`);
    await live.yes();
    return [`echo '${text}' > network.json && eascmd resource network ${group} -s network.json`];
  },
  cordon: onNode(
    (name) => `cordon ${name} fan is broken`,
    (group, id) =>
      noEascmd(`has no cordon: UpdateResourceInstance ${group} ${id} Action=Cordon Reason='fan is broken'`),
    false,
  ),
  drain: onNode(
    (name) => `drain ${name}`,
    (group, id) => noEascmd(`has no drain: UpdateResourceInstance ${group} ${id} Action=Drain`),
  ),
  migrate: onNode(
    (name, other) => `migrate ${name} ${other}`,
    (group, id, other) =>
      noEascmd(`has no migration: MigrateResourceInstance ${group} InstanceIds=${id} DestResourceId=${other}`),
  ),
  label: by(
    `label ${mnist} team=search`,
    noEascmd(`has no labels: UpdateServiceLabel ${mnist} team=search`),
    'at once',
  ),
  'node-label': onNode(
    (name) => `node-label ${name} rack=8`,
    (_group, _id, _other, name) => noEascmd(`has no labels: UpdateResourceInstanceLabel ${name} rack=8`),
    false,
  ),
};

/** Verbs that are off in read-only mode and write nothing of their own, each with the reason. */
const withoutEntry: Record<string, string> = {
  call: 'goes to the service that is called, not to PAI-EAS, and changes nothing there',
  'use-upload': 'only opens what creates or modifies a service',
};

const way = (name: string): Way => {
  const found = ofActions[name];
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

/** The writes that came to PAI-EAS. */
const written = ({ emulator }: Live): string[] =>
  emulator
    .requests()
    .filter(({ operation }) => operation !== '' && !operations[operation].read)
    .map(({ operation }) => operation);

describe('the equal line', () => {
  it('is shown below for every action of a screen and every verb that writes', () => {
    const actions = screens.flatMap(({ id, actions = [] }) => actions.map((action) => `${id} ${action.id}`));
    expect(Object.keys(ofActions).toSorted()).toEqual(actions.toSorted());
    const writing = verbs.filter(({ writes }) => writes).map(({ id }) => id);
    expect([...Object.keys(ofVerbs), ...Object.keys(withoutEntry)].toSorted()).toEqual(writing.toSorted());
  });

  it.each([...Object.entries(ofActions), ...Object.entries(ofVerbs)])('of %s is in the ledger', async (_name, go) => {
    const live = await openOn();
    const lines = await go(live);
    await live.until(`${lines.length} entries that have ended`, () => ended(live).length >= lines.length);
    const sent = sentOf(live.ledger);
    expect(sent.map(({ cli }) => cli)).toEqual(lines);
    // Nothing else was sent, and what was sent goes by its own name.
    const toService = sent.map(({ operation }) => operation).filter((name) => Object.hasOwn(operations, String(name)));
    expect(toService).toEqual(written(live));
  });
});
