// Uploads one file in a process of its own; what happens is told as lines of JSON. Settings come as JSON on the command
// line, keys in the environment.
import { createOss } from '../../src/api/oss.ts';
import { createUpload } from '../../src/api/upload/engine.ts';

/** A line that it tells. */
export interface Told {
  state?: string;
  bytes?: number;
  total?: number;
  parts?: number;
  end?: string;
  resumed?: number;
  notes?: readonly string[];
  error?: string | undefined;
  warning?: string;
  ms?: number;
  /** Milliseconds of processor, which other work on the machine hardly changes. */
  cpu?: number;
  rss?: number;
  rssBefore?: number;
}

const { endpoint, path, target, checkpoints, parallel, peer } = JSON.parse(process.argv[2] ?? '{}');
const keys = { accessKeyId: process.env.ID ?? '', accessKeySecret: process.env.SECRET ?? '' };
const oss = createOss({
  region: 'cn-shanghai',
  endpoint,
  credentials: { describe: () => 'child', get: async () => keys },
  env: {},
  onWarning: (text) => say({ warning: text }),
});
const say = (what: Told) => process.stdout.write(`${JSON.stringify(what)}\n`);

const processor = () => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
};

async function main(): Promise<void> {
  const cpu = processor();
  const upload = createUpload({ oss, path, target, checkpoints, parallel });
  let most = process.memoryUsage().rss;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  upload.subscribe(({ state, bytes, total, parts }) => say({ state, bytes, total, parts: parts.done }));
  const started = performance.now();
  upload.start();
  const { state, resumed, notes, error } = await upload.settled();
  clearInterval(watch);
  say({ end: state, resumed, notes, error: error?.message, ms: performance.now() - started, cpu: cpu(), rss: most });
}

/** The library by itself, as its documentation has it, for comparison. */
async function alone(): Promise<void> {
  const { default: Library } = await import('ali-oss');
  const client = new Library({
    accessKeyId: keys.accessKeyId,
    accessKeySecret: keys.accessKeySecret,
    region: 'oss-cn-shanghai',
    endpoint,
    bucket: target.split('/')[2],
    authorizationV4: true,
  }) as unknown as { multipartUpload(name: string, file: string, options: object): Promise<unknown> };
  const cpu = processor();
  const started = performance.now();
  await client.multipartUpload('peer', path, { parallel: 4, ...peer });
  say({ end: 'done', ms: performance.now() - started, cpu: cpu() });
}

// The first upload pays for loading the library; what is measured is what comes on top.
void (async () => {
  const before = await oss.listBuckets().then(() => process.memoryUsage().rss);
  say({ rssBefore: before });
  if (peer) await alone();
  else await main();
})();
