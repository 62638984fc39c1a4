// Turns the service contract (JSON) into the operation table the client runs on and the types it is called with.
// `--check` writes nothing and exits 1 when a generated file is not what the contract gives.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src/api/contract');
const source = 'eas-2021-07-01.json';
const { operations, schemas, endpoints } = JSON.parse(readFileSync(join(folder, source), 'utf8'));

/** GET by method, yet each hands out a way in (a shell, a login-free URL): not something a read-only session may do. */
const notReads = new Set(['CreateServiceInstanceToken', 'DescribeServiceSignedUrl']);

const banner = `// Made by scripts/contract.mjs from ${source}: change that and run \`npm run contract\`.\n`;
const byName = ([a], [b]) => (a < b ? -1 : 1);
const entries = (object) => Object.entries(object ?? {}).sort(byName);
const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

function fail(message) {
  process.stderr.write(`contract: ${message}\n`);
  process.exit(1);
}

/** The client takes path, query and body values in one flat object, which only works while no name means two things. */
function refuseAmbiguous(name, operation) {
  const seen = new Map();
  const places = { path: operation.pathParams, query: Object.keys(operation.query ?? {}) };
  places.body = operation.rawBody ? ['body'] : Object.keys(operation.body ?? {});
  for (const [place, params] of Object.entries(places)) {
    for (const param of params) {
      if (seen.has(param)) fail(`${name}: "${param}" is a parameter of both ${seen.get(param)} and ${place}`);
      seen.set(param, place);
    }
  }
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (String(inPath.toSorted()) !== String(operation.pathParams.toSorted())) {
    fail(`${name}: path ${operation.path} does not name its parameters ${operation.pathParams}`);
  }
}

function runtimeTable() {
  const rows = entries(operations).map(([name, operation]) => {
    refuseAmbiguous(name, operation);
    const query = entries(operation.query).map(([param, type]) => `${key(param)}: '${type.encoding ?? 'plain'}'`);
    const names = entries(operation.body).map(([param]) => `'${param}'`);
    const body = operation.rawBody ? "'raw'" : operation.body ? `[${names.join(', ')}]` : "'none'";
    const read = operation.method === 'GET' && !notReads.has(name);
    return `  ${name}: { method: '${operation.method}', path: '${operation.path}', query: {${query.length ? ` ${query.join(', ')} ` : ''}}, body: ${body}, read: ${read} },`;
  });
  const hosts = entries(endpoints).map(([region, host]) => `  '${region}': '${host}',`);
  return `${banner}import type { OperationName } from './wire.gen.ts';

/** How one operation is put on the wire. \`json\` query values travel as JSON text; \`raw\` bodies are sent as given. */
export interface OperationSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: Readonly<Record<string, 'json' | 'plain'>>;
  readonly body: readonly string[] | 'raw' | 'none';
  /** Whether a read-only session may send it: a GET that hands out neither a shell nor a login-free URL. */
  readonly read: boolean;
}

/** Every operation of the contract by name. */
export const operations: Readonly<Record<OperationName, OperationSpec>> = {
${rows.join('\n')}
};

/** Public control-plane host of each documented region. */
export const endpoints: Readonly<Record<string, string>> = {
${hosts.join('\n')}
};
`;
}

function collect(type, into) {
  if (type.ref) {
    if (!schemas[type.ref]) fail(`schema "${type.ref}" is referred to but not defined`);
    if (into.has(type.ref)) return;
    into.add(type.ref);
    for (const field of Object.values(schemas[type.ref])) collect(field, into);
  }
  if (type.items) collect(type.items, into);
  if (type.values && !Array.isArray(type.values)) collect(type.values, into);
}

/** What a caller may pass lists the documented values but allows others: the service's own examples differ in case. */
function typeOf(type, { asRequest }) {
  if (type.ref) return type.ref;
  if (type.type === 'array') {
    const item = typeOf(type.items, { asRequest });
    return /[|&]/.test(item) ? `(${item})[]` : `${item}[]`;
  }
  if (type.type === 'map') return `Record<string, ${typeOf(type.values, { asRequest })}>`;
  if (type.type === 'any') return 'unknown';
  if (type.type === 'string' && asRequest && Array.isArray(type.values)) {
    return `${type.values.map((value) => JSON.stringify(value)).join(' | ')} | (string & {})`;
  }
  if (['string', 'number', 'boolean'].includes(type.type)) return type.type;
  return fail(`type "${type.type}" is not known to the generator`);
}

function field([name, type], { asRequest }) {
  const note = type.deprecated ? '/** @deprecated by the contract */ ' : '';
  const optional = asRequest && type.required ? '' : '?';
  const blank = asRequest && optional ? ' | undefined' : '';
  return `${note}${key(name)}${optional}: ${typeOf(type, { asRequest })}${blank};`;
}

function wireTypes() {
  const asked = new Set();
  const answered = new Set();
  for (const operation of Object.values(operations)) {
    for (const type of Object.values({ ...operation.query, ...operation.body })) collect(type, asked);
    collect(operation.response, answered);
  }
  const interfaces = [...new Set([...asked, ...answered])].sort().map((name) => {
    const asRequest = asked.has(name) && !answered.has(name);
    const fields = entries(schemas[name]).map((entry) => `  ${field(entry, { asRequest })}\n`);
    return `interface ${name} {\n${fields.join('')}}\n`;
  });
  const table = entries(operations).map(([name, operation]) => {
    const params = [
      ...operation.pathParams.map((param) => `${param}: string;`),
      ...entries(operation.query).map((entry) => field(entry, { asRequest: true })),
      ...entries(operation.body).map((entry) => field(entry, { asRequest: true })),
      ...(operation.rawBody ? ['body: string;'] : []),
    ];
    const shape = params.length ? `{ ${params.join(' ')} }` : 'Record<string, never>';
    return `  ${name}: { params: ${shape}; response: ${operation.response.ref} };\n`;
  });
  return `${banner}// Answers promise nothing: each field of each may be missing, and what is there is still to be read with care.

${interfaces.join('\n')}
/** Parameters (path, query and body in one flat object) and answer of every operation. */
export interface Operations {
${table.join('')}}

export type OperationName = keyof Operations;
`;
}

const outputs = { 'operations.gen.ts': runtimeTable(), 'wire.gen.ts': wireTypes() };
const check = process.argv.includes('--check');
for (const [file, text] of Object.entries(outputs)) {
  const path = join(folder, file);
  if (!check) {
    writeFileSync(path, text);
    continue;
  }
  let found = '';
  try {
    found = readFileSync(path, 'utf8');
  } catch {
    fail(`${relative(root, path)} is missing: run \`npm run contract\``);
  }
  if (found !== text) fail(`${relative(root, path)} is stale against ${source}: run \`npm run contract\``);
}
