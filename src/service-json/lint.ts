import { type LintMode, type Remark, ruleFindings } from './lint-rules.ts';
import type { ServiceDocument } from './parse.ts';
import type { Position } from './position.ts';
import type { Kind, SchemaEntry } from './schema.ts';
import { childOf, isSecretKey, meantBy, networkTree, type SchemaNode, serviceTree } from './schema-tree.ts';
import { inWords, isObject, own, type Path, pathText } from './value.ts';

export interface Finding extends Position {
  /** An error should not be sent; a warning can be overridden. */
  readonly severity: 'error' | 'warning';
  /** As `pathText` writes it; '' is the whole file. */
  readonly path: string;
  /** What is wrong and the mend; never the value of a secret. */
  readonly text: string;
}

export type { LintMode };

/** What is wrong in a service's JSON: errors first, each in the order of the text. */
export function lint(document: ServiceDocument, options: { readonly mode: LintMode }): Finding[] {
  const findings: Finding[] = document.problems.map((problem) => ({ ...problem, path: '' }));
  if (!document.problems.some((problem) => problem.severity === 'error')) {
    for (const remark of remarksOn(document.value, options.mode)) {
      const { severity, path, text, of } = remark;
      findings.push({ severity, path: pathText(path), text, ...document.at(path, of) });
    }
  }
  const rank = (finding: Finding) => (finding.severity === 'error' ? 0 : 1);
  return findings.sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

function remarksOn(value: unknown, mode: LintMode): Remark[] {
  if (!isObject(value)) {
    const text = `expected an object, { … }, found ${inWords(value)}`;
    return [{ severity: 'error', path: [], text }];
  }
  const tree = mode === 'network' ? networkTree : serviceTree;
  const remarks: Remark[] = [];
  walk(tree, tree, value, [], mode, remarks);
  remarks.push(...ruleFindings(value, mode));
  return remarks;
}

function walk(tree: SchemaNode, node: SchemaNode, value: unknown, path: Path, mode: LintMode, remarks: Remark[]): void {
  const entry = node.entry;
  if (entry && !typed(entry, value, path, mode, remarks)) return;
  if (Array.isArray(value)) {
    const item = node.item;
    if (item) for (const [at, inner] of value.entries()) walk(tree, item, inner, [...path, at], mode, remarks);
    return;
  }
  if (!isObject(value) || entry?.type.includes('map') || entry?.type.includes('any')) return;
  // A documented object without documented keys, such as model_config, holds what the user likes.
  if (node.keys.size === 0) return;
  for (const key of Object.keys(value)) {
    const inner = [...path, key];
    const child = childOf(node, key);
    if (!child) {
      const text = unknownKey(tree, node, path, key);
      if (text !== undefined) remarks.push({ severity: 'warning', path: inner, text });
      continue;
    }
    if (child.form === 'dotted') {
      const text = `${JSON.stringify(key)} as one key may be ignored: write ${nested(key)}`;
      remarks.push({ severity: 'warning', path: inner, text });
    }
    walk(tree, child.node, own(value, key), inner, mode, remarks);
  }
}

function nested(key: string): string {
  return key.split('.').reduceRight((inner, part) => `{ ${JSON.stringify(part)}: ${inner} }`, '…');
}

function unknownKey(tree: SchemaNode, node: SchemaNode, path: Path, key: string): string | undefined {
  const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (path[0] === 'autoscaler' && camel !== key) {
    return `${JSON.stringify(key)} is silently ignored in autoscaler: write ${JSON.stringify(camel)}`;
  }
  const meant = meantBy(tree, node, path, key);
  const name = `unknown key ${JSON.stringify(key)}`;
  if (meant && 'near' in meant) return `${name}: did you mean ${JSON.stringify(meant.near)}?`;
  if (node.entry?.open) return undefined;
  if (meant) return `${name}: it is known ${meant.elsewhere === '' ? 'at the top' : `in ${meant.elsewhere}`}, not here`;
  return `${name}: it is not documented, and may be ignored`;
}

const KINDS: Record<Kind, string> = {
  text: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  map: 'an object',
  list: 'a list',
  any: 'anything',
};

function fits(kind: Kind, value: unknown): boolean {
  if (kind === 'any') return true;
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'number') return typeof value === 'number';
  if (kind === 'integer') return Number.isInteger(value);
  // Official examples hold "true" and "false" as texts.
  if (kind === 'boolean') return typeof value === 'boolean' || value === 'true' || value === 'false';
  return kind === 'list' ? Array.isArray(value) : isObject(value);
}

function typed(entry: SchemaEntry, value: unknown, path: Path, mode: LintMode, remarks: Remark[]): boolean {
  const say = (severity: Finding['severity'], text: string) => {
    remarks.push({ severity, path, text: `${pathText(path)} ${text}`, of: 'value' });
  };
  if (value === null && mode === 'modify' && !entry.type.includes('any')) {
    say('warning', 'is null: whether that removes the key is not documented; delete it and replace the whole instead');
    return false;
  }
  if (!entry.type.some((kind) => fits(kind, value))) {
    const kinds = [...new Set(entry.type.map((kind) => KINDS[kind]))].join(' or ');
    const secret = entry.secret === true || path.some((step) => typeof step === 'string' && isSecretKey(step));
    say('error', `must be ${kinds}, but is ${inWords(value, secret)}: ${mend(entry, value, secret)}`);
    return false;
  }
  if (typeof value === 'number') {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = entry;
    if (value < min) say('warning', `is ${value}; at least ${min} makes sense (${entry.note})`);
    if (value > max) say('warning', `is ${value}; at most ${max} makes sense (${entry.note})`);
  }
  if (entry.values && typeof value === 'string' && !entry.values.includes(value.toLowerCase())) {
    say('warning', `is ${inWords(value)}; known are ${entry.values.join(', ')}`);
  }
  return true;
}

function mend(entry: SchemaEntry, value: unknown, secret: boolean): string {
  const numeric = entry.type.includes('number') || entry.type.includes('integer');
  if (typeof value === 'string' && numeric && value.trim() !== '' && fits(entry.type[0] ?? 'any', Number(value))) {
    return `write ${value.trim()} without quotes`;
  }
  if (typeof value === 'number' && entry.type.includes('integer')) return `write ${Math.round(value)}`;
  if (entry.type.includes('text') && (typeof value === 'number' || typeof value === 'boolean')) {
    return secret ? 'put it in double quotes' : `write ${JSON.stringify(String(value))}`;
  }
  return entry.note;
}
