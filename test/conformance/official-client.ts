/** Calls operations of the contract the way the official SDK does: same client, same request objects. */
import Core, { $OpenApiUtil } from '@alicloud/openapi-core';
import type { OperationContract } from '../../emulator/contract.ts';
import { operations } from '../../emulator/contract.ts';
import type { OperationName } from '../../src/api/contract/wire.gen.ts';

interface Peer {
  callApi(params: object, request: object, runtime: object): Promise<{ statusCode: number; body: unknown }>;
}

// CommonJS seen through ESM: the class is one or two `default`s away depending on who loads it.
const loaded = Core as unknown as { default?: new (config: object) => Peer } & (new (config: object) => Peer);
const Client = loaded.default ?? loaded;

export interface OfficialKeys {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export interface OfficialAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** A client of an endpoint `http://host:port`. Path, query and body values are given in one flat object. */
export function createOfficialClient(endpoint: string, keys: OfficialKeys) {
  const url = new URL(endpoint);
  const peer = new Client({
    ...keys,
    endpoint: url.host,
    protocol: url.protocol.slice(0, -1),
    regionId: 'cn-shanghai',
  });

  return async (operation: OperationName, params: Readonly<Record<string, unknown>>): Promise<OfficialAnswer> => {
    const contract: OperationContract = operations[operation];
    const request = new $OpenApiUtil.OpenApiRequest({ headers: {}, ...split(contract, params) });
    const pathname = contract.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const { statusCode, body } = await peer.callApi(
      new $OpenApiUtil.Params({
        action: operation,
        version: '2021-07-01',
        protocol: 'HTTPS',
        pathname,
        method: contract.method,
        authType: 'AK',
        style: 'ROA',
        reqBodyType: 'json',
        bodyType: 'json',
      }),
      request,
      { readTimeout: 10_000, connectTimeout: 5_000 },
    );
    return { status: statusCode, body: body as Record<string, unknown> };
  };
}

function split(contract: OperationContract, params: Readonly<Record<string, unknown>>) {
  const query: Record<string, string> = {};
  for (const [name, spec] of Object.entries(contract.query ?? {})) {
    const value = params[name];
    if (value === undefined) continue;
    query[name] = spec.encoding === 'json' ? JSON.stringify(value) : String(value);
  }
  if (contract.rawBody) return { query, body: params.body };
  if (!contract.body) return { query };
  const names = Object.keys(contract.body).filter((name) => params[name] !== undefined);
  return { query, body: Object.fromEntries(names.map((name) => [name, params[name]])) };
}
