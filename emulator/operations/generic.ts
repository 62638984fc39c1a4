import type { OperationName } from '../../src/api/contract/wire.gen.ts';
import { operations, sample, schemas } from '../contract.ts';

/** Names that examples use, and the parameter whose value should stand there instead. */
const stand: readonly (readonly [example: RegExp, param: string])[] = [
  [/\[foo\]/g, 'ServiceName'],
  [/group foo\b/g, 'GroupName'],
  [/\[eas-r-[\w*]+\]/g, 'ResourceId'],
];

function adapt(value: unknown, params: Readonly<Record<string, unknown>>, region: string): unknown {
  if (typeof value === 'string') {
    let text = value.replace(/\[cn-(shanghai|shanghia)\]/g, `[${region}]`);
    for (const [example, param] of stand) {
      const own = params[param];
      if (typeof own !== 'string') continue;
      text = text.replace(example, (found) => (found.startsWith('[') ? `[${own}]` : `group ${own}`));
    }
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => adapt(item, params, region));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, adapt(item, params, region)]));
  }
  return value;
}

/**
 * An answer in the contract's shape, made from its examples. What the caller named is named in it, and the numbers
 * of a page agree with its rows, so that a client that reads page after page comes to an end.
 */
export function genericAnswer(
  operation: OperationName,
  params: Readonly<Record<string, unknown>>,
  region: string,
): Record<string, unknown> {
  const { response } = operations[operation];
  const answer = adapt(sample(response), params, region) as Record<string, unknown>;
  const fields = schemas[response.ref] ?? {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' && fields[name]?.type === 'string') answer[name] = value;
  }
  if ('ClusterId' in answer) answer.ClusterId = region;
  const total = 'TotalCount' in answer ? 'TotalCount' : 'Total' in answer ? 'Total' : undefined;
  if (total === undefined) return answer;
  const number = Number(params.PageNumber ?? params.Page ?? params.PageNum ?? 1);
  for (const [name, value] of Object.entries(answer)) {
    if (!Array.isArray(value)) continue;
    answer[total] = value.length;
    if (number > 1) answer[name] = [];
  }
  for (const name of ['PageNumber', 'Page', 'PageNum']) if (name in answer) answer[name] = number;
  if ('PageSize' in answer) answer.PageSize = Number(params.PageSize ?? 100);
  if ('HasMore' in answer) answer.HasMore = false;
  return answer;
}
