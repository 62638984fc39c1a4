import { rangeProblem } from './cidr.ts';
import { isObject, own, type Path, pathText, valueAt } from './value.ts';

/** `release` is create -r; `modify` may hold a part only; `network` is the JSON of a resource group's network. */
export type LintMode = 'create' | 'release' | 'modify' | 'network';

/** Where a rule found something; the linter adds line and column. */
export interface Remark {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  readonly text: string;
  readonly of?: 'value';
}

type Say = (path: Path, text: string) => void;

/** What the types alone do not tell: names, addresses, keys that need or shut out each other, ranges. */
export function ruleFindings(config: Record<string, unknown>, mode: LintMode): Remark[] {
  const remarks: Remark[] = [];
  const warn: Say = (path, text) => remarks.push({ severity: 'warning', path, text });
  if (mode === 'network') {
    network(config, warn);
    return remarks;
  }
  const error: Say = (path, text) => remarks.push({ severity: 'error', path, text });
  naming(config, mode, warn, error);
  if (mode !== 'modify') needed(config, warn);
  addresses(config, warn);
  processor(config, mode, warn);
  threads(config, warn);
  size(config, warn);
  release(config, mode, warn);
  rest(config, warn);
  return remarks;
}

const text = (value: unknown): value is string => typeof value === 'string';
const yes = (value: unknown) => value === true || value === 'true';

function naming(config: unknown, mode: LintMode, warn: Say, error: Say): void {
  const top = own(config, 'name');
  const inner = valueAt(config, ['metadata', 'name']);
  const path: Path = top === undefined && inner !== undefined ? ['metadata', 'name'] : ['name'];
  const name = top ?? inner;
  if (name === undefined || name === '') {
    const empty = name === '' ? 'is empty' : 'is missing';
    const what = mode === 'release' ? 'the name of the existing service' : 'a name unique in the region';
    if (mode !== 'modify') error(name === undefined ? [] : path, `name ${empty}: add "name" with ${what}`);
    return;
  }
  if (text(top) && text(inner) && top !== inner) {
    warn(['metadata', 'name'], `name is ${JSON.stringify(top)} but metadata.name ${JSON.stringify(inner)}: keep one`);
  }
  if (text(name) && !/^[a-z0-9_]{3,63}$/.test(name)) {
    const proposal = name
      .toLowerCase()
      .replace(/[^a-z0-9_]/g, '_')
      .slice(0, 63);
    const fix = /^[a-z0-9_]{3,63}$/.test(proposal) && /[a-z0-9]/.test(proposal) ? `, such as ${proposal}` : '';
    warn(path, `a name has 3 to 63 lowercase letters, digits and _${fix}; ${JSON.stringify(cut(name))} may be refused`);
  }
}

function needed(config: unknown, warn: Say): void {
  const metadata = own(config, 'metadata');
  if (metadata === undefined) warn([], 'metadata is missing: add "metadata": { "instance": 1, "cpu": 1 }');
  else if (isObject(metadata) && own(metadata, 'instance') === undefined) {
    warn(['metadata'], 'metadata.instance is missing: add the number of instances');
  }
  const sources = ['model_path', 'containers', 'processor', 'processor_path', 'storage'];
  if (!sources.some((key) => own(config, key) !== undefined)) {
    warn([], 'neither model_path nor containers: say what the service is to run');
  }
}

function addresses(config: unknown, warn: Say): void {
  for (const key of ['model_path', 'processor_path']) {
    const address = own(config, key);
    if (!text(address)) continue;
    if (/^https?:\/\//i.test(address)) {
      const file = decoded(address.split(/[?#]/)[0] ?? '');
      if (!/\.(tar\.gz|tgz|tar|bz2|zip)$/i.test(file)) {
        warn([key], `${key} over http must be a .tar.gz, .tar, .bz2 or .zip archive`);
      }
    } else if (!/^oss:\/\/[^/]+/i.test(address)) {
      const what =
        /^[a-z]+:/i.test(address) && !/^[a-z]:[\\/]/i.test(address) ? 'is no address that is known' : 'is local';
      const more = what === 'is local' ? ', which only eascmd test can use: upload it and' : ':';
      warn([key], `${key} ${what}${more} write oss://bucket/path or http(s)://…`);
    } else if (own(config, 'oss_endpoint') === undefined && key === 'model_path') {
      const example = '"oss_endpoint": "oss-cn-beijing.aliyuncs.com"';
      warn([key], `${key} is in OSS: if its bucket is in another region, add ${example}`);
    }
  }
  const endpoint = own(config, 'oss_endpoint');
  if (text(endpoint) && !/^[a-z0-9.-]+(:\d+)?$/i.test(endpoint)) {
    warn(['oss_endpoint'], 'oss_endpoint is a host without scheme and path, such as oss-cn-beijing.aliyuncs.com');
  }
}

function processor(config: unknown, mode: LintMode, warn: Say): void {
  const has = (key: string) => own(config, key) !== undefined && own(config, key) !== '';
  const type = own(config, 'processor_type');
  if (has('processor') && has('processor_path')) {
    warn(['processor_path'], 'processor names a ready-made one, processor_path an own one: keep one of them');
  }
  // A part that is merged may leave the other keys as they are.
  if (mode === 'modify' || !text(type)) {
    if (mode !== 'modify' && has('processor_path') && type === undefined) {
      warn(['processor_path'], 'processor_path needs processor_type: add cpp, java or python');
    }
    return;
  }
  const language = type.toLowerCase();
  if ((language === 'cpp' || language === 'python') && !has('processor_entry')) {
    const example = language === 'cpp' ? 'libprocessor.so' : 'app.py';
    warn(['processor_type'], `processor_type ${language} needs processor_entry, such as ${example}`);
  }
  if (language === 'java' && !has('processor_mainclass')) {
    warn(['processor_type'], 'processor_type java needs processor_mainclass, such as com.aliyun.TestProcessor');
  }
  if (!has('processor_path') && !has('processor')) {
    warn(['processor_type'], 'processor_type needs processor_path, the archive of the processor');
  }
}

/** The value of an rpc key in either form, and where it stands. */
function rpc(config: unknown, key: string): { value: unknown; path: Path; twice: boolean } {
  const flat: Path = ['metadata', `rpc.${key}`];
  const nested: Path = ['metadata', 'rpc', key];
  const [a, b] = [valueAt(config, flat), valueAt(config, nested)];
  return { value: a ?? b, path: a === undefined ? nested : flat, twice: a !== undefined && b !== undefined };
}

function threads(config: unknown, warn: Say): void {
  const keys = Object.keys((isObject(own(config, 'metadata')) && own(config, 'metadata')) || {});
  for (const key of keys.filter((name) => name.startsWith('rpc.'))) {
    if (rpc(config, key.slice(4)).twice) {
      warn(
        ['metadata', key],
        `${key} is here as one key and nested in rpc: which one counts is not documented; keep one`,
      );
    }
  }
  const workers = valueAt(config, ['metadata', 'workers']);
  const worker = rpc(config, 'worker_threads');
  if (workers !== undefined && worker.value !== undefined && workers !== worker.value) {
    warn(['metadata', 'workers'], 'workers and rpc.worker_threads mean the same but differ: keep one');
  }
  for (const key of ['max_batch_size', 'max_batch_timeout']) {
    const { value, path } = rpc(config, key);
    if (value !== undefined && !yes(rpc(config, 'batching').value)) {
      warn(path, `rpc.${key} counts only with rpc.batching true`);
    }
  }
}

function size(config: unknown, warn: Say): void {
  const at = (key: string) => valueAt(config, ['metadata', key]);
  const [cpu, memory, gpu] = [at('cpu'), at('memory'), at('gpu')];
  if (cpu === 0) warn(['metadata', 'cpu'], 'metadata.cpu is 0: an instance needs cores');
  if (typeof memory === 'number' && memory > 0 && memory < 128) {
    warn(['metadata', 'memory'], `metadata.memory is in MB, ${memory} is very little: for GB write ${memory * 1024}`);
  }
  if (typeof cpu === 'number' && cpu > 256) {
    warn(['metadata', 'cpu'], `metadata.cpu is cores of one instance: no machine has ${cpu}`);
  }
  if (typeof gpu === 'number' && gpu > 0 && typeof at('gpu_memory') === 'number') {
    warn(['metadata', 'gpu_memory'], 'gpu takes whole GPUs and gpu_memory a share of one: keep one of them');
  }
}

function release(config: unknown, mode: LintMode, warn: Say): void {
  const flag = valueAt(config, ['metadata', 'release']);
  if (mode === 'create' && yes(flag)) {
    warn(['metadata', 'release'], 'release makes a blue-green partner of an existing service: use create -r for that');
  }
  if (mode === 'release' && flag !== undefined && !yes(flag)) {
    warn(['metadata', 'release'], 'release is false, but a blue-green partner is to be made: it is sent as true');
  }
}

function rest(config: unknown, warn: Say): void {
  const containers = own(config, 'containers');
  if (Array.isArray(containers)) {
    containers.forEach((container, index) => {
      const port = own(container, 'port');
      if (port === 8080 || port === 9090) {
        warn(['containers', index, 'port'], `port ${port} is reserved by PAI-EAS: listen on another, such as 8000`);
      }
      if (isObject(container) && own(container, 'image') === undefined) {
        warn(['containers', index], 'a container without image: add "image"');
      }
    });
  }
  const [min, max] = [valueAt(config, ['autoscaler', 'min']), valueAt(config, ['autoscaler', 'max'])];
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    warn(['autoscaler', 'min'], `autoscaler.min ${min} is more than max ${max}`);
  }
  const rollout = valueAt(config, ['features', 'eas.aliyun.com/enable-rollout']);
  if (typeof rollout === 'boolean') {
    warn(
      ['features', 'eas.aliyun.com/enable-rollout'],
      `the value is a text here: write "${rollout}" in double quotes`,
    );
  }
  const auth = own(config, 'dockerAuth');
  if (text(auth) && !Buffer.from(auth, 'base64').toString('latin1').includes(':')) {
    warn(['dockerAuth'], 'dockerAuth must be the base64 of user:password');
  }
  ranges(
    valueAt(config, ['cloud', 'networking', 'destination_cidrs']),
    ['cloud', 'networking', 'destination_cidrs'],
    warn,
  );
}

function ranges(value: unknown, path: Path, warn: Say): void {
  const list = text(value) ? value.split(',') : Array.isArray(value) ? value.filter(text) : [];
  for (const range of list) {
    const problem = range.trim() === '' ? undefined : rangeProblem(range);
    if (problem !== undefined) warn(path, `${pathText(path)}: ${problem}`);
  }
}

function network(config: unknown, warn: Say): void {
  const action = own(config, 'Action');
  if (action === undefined) warn([], 'Action is missing: add "Action": "create" or "delete"');
  for (const key of ['VSwitchId', 'SecurityGroupId']) {
    if (action !== 'delete' && own(config, key) === undefined) warn([], `${key} is missing: it is needed to connect`);
  }
  for (const key of ['DestinationCIDR', 'DestinationCIDRs']) ranges(own(config, key), [key], warn);
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function cut(value: string): string {
  return value.length > 80 ? `${value.slice(0, 79)}…` : value;
}
