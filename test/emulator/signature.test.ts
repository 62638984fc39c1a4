import { createHash, createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator/server.ts';

// Signed here by hand, after the V3 document, and by neither side's own code.
interface Draft {
  method: string;
  path: string;
  body: string;
  headers: Record<string, string>;
  id: string;
  secret: string;
  /** Names to leave out of the signature. */
  unsigned: string[];
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: 5 });
});
afterAll(() => emulator.close());

function draft(): Draft {
  return {
    method: 'GET',
    path: '/api/v2/regions',
    body: '',
    headers: {
      host: new URL(emulator.endpoint).host,
      'x-acs-action': 'DescribeRegions',
      'x-acs-version': '2021-07-01',
      'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-content-sha256': sha256(''),
    },
    id: emulator.accessKeyId,
    secret: emulator.accessKeySecret,
    unsigned: [],
  };
}

function sign({ method, path, body, headers, id, secret, unsigned }: Draft): Record<string, string> {
  const names = Object.keys(headers)
    .filter((name) => !unsigned.includes(name))
    .sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = [method, path, '', lines, names.join(';'), sha256(body)].join('\n');
  const signature = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  return {
    ...headers,
    authorization: `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names.join(';')},Signature=${signature}`,
  };
}

async function send(change: (draft: Draft) => void, late: (headers: Record<string, string>) => void = () => {}) {
  const request = draft();
  change(request);
  const headers = sign(request);
  late(headers);
  delete headers.host;
  const { method, path, body } = request;
  const response = await fetch(emulator.endpoint + path, { method, headers, ...(body ? { body } : {}) });
  const answer = (await response.json()) as Record<string, string>;
  return { status: response.status, code: answer.Code, answer, response };
}

describe('what is let in', () => {
  it('a request signed as documented', async () => {
    expect((await send(() => {})).status).toBe(200);
  });

  it('an STS key with its token', async () => {
    const { sts } = emulator;
    const { status } = await send((request) => {
      request.id = sts.accessKeyId;
      request.secret = sts.accessKeySecret;
      request.headers['x-acs-accesskey-id'] = sts.accessKeyId;
      request.headers['x-acs-security-token'] = sts.securityToken;
    });
    expect(status).toBe(200);
  });

  it('a date up to 15 minutes off', async () => {
    const { status } = await send(({ headers }) => {
      headers['x-acs-date'] = `${new Date(Date.now() - 14 * 60_000).toISOString().slice(0, 19)}Z`;
    });
    expect(status).toBe(200);
  });
});

describe('what is refused', () => {
  const cases: [string, number, string, (draft: Draft) => void, ((headers: Record<string, string>) => void)?][] = [
    ['a key that is not known', 404, 'InvalidAccessKeyId.NotFound', (request) => (request.id = 'LTAI5tNobody')],
    ['a wrong secret', 400, 'SignatureDoesNotMatch', (request) => (request.secret = 'not the secret')],
    [
      'a date more than 15 minutes behind',
      400,
      'InvalidTimeStamp.Expired',
      ({ headers }) => {
        headers['x-acs-date'] = `${new Date(Date.now() - 16 * 60_000).toISOString().slice(0, 19)}Z`;
      },
    ],
    [
      'a date more than 15 minutes ahead',
      400,
      'InvalidTimeStamp.Expired',
      ({ headers }) => {
        headers['x-acs-date'] = `${new Date(Date.now() + 16 * 60_000).toISOString().slice(0, 19)}Z`;
      },
    ],
    [
      'a date in another form',
      400,
      'InvalidTimeStamp.Format',
      ({ headers }) => {
        headers['x-acs-date'] = new Date().toUTCString();
      },
    ],
    [
      'a hash of another body',
      400,
      'SignatureDoesNotMatch',
      ({ headers }) => {
        headers['x-acs-content-sha256'] = sha256('other');
      },
    ],
    [
      'a date header left out of the signature',
      400,
      'SignatureDoesNotMatch',
      ({ unsigned }) => unsigned.push('x-acs-date'),
    ],
    [
      'an unsigned x-acs-* header of any name',
      400,
      'SignatureDoesNotMatch',
      (request) => {
        request.headers['x-acs-credentials-provider'] = 'env';
        request.unsigned.push('x-acs-credentials-provider');
      },
    ],
    ['a host left out of the signature', 400, 'SignatureDoesNotMatch', ({ unsigned }) => unsigned.push('host')],
    [
      'a header changed after signing',
      400,
      'SignatureDoesNotMatch',
      () => {},
      (headers) => {
        headers['x-acs-signature-nonce'] = 'another';
      },
    ],
    [
      'no Authorization at all',
      400,
      'IncompleteSignature',
      () => {},
      (headers) => {
        delete headers.authorization;
      },
    ],
    [
      'the older signature of ROA',
      400,
      'IncompleteSignature',
      () => {},
      (headers) => {
        headers.authorization = 'acs id:c2ln';
      },
    ],
    [
      'another version of the API',
      400,
      'InvalidVersion',
      ({ headers }) => {
        headers['x-acs-version'] = '2018-05-22';
      },
    ],
    [
      "an action that is not the path's",
      400,
      'InvalidAction.Mismatch',
      ({ headers }) => {
        headers['x-acs-action'] = 'ListServices';
      },
    ],
    [
      'an action that does not exist',
      404,
      'InvalidAction.NotFound',
      ({ headers }) => {
        headers['x-acs-action'] = 'ListUnicorns';
      },
    ],
    ['a path that does not exist', 404, 'InvalidAction.NotFound', (request) => (request.path = '/api/v2/unicorns')],
    [
      'a token with a key that has none',
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      ({ headers }) => {
        headers['x-acs-security-token'] = 'CAIS';
      },
    ],
    [
      'an STS key without its token',
      400,
      'MissingSecurityToken',
      (request) => {
        request.id = emulator.sts.accessKeyId;
        request.secret = emulator.sts.accessKeySecret;
      },
    ],
    [
      'an STS key with another token',
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      (request) => {
        request.id = emulator.sts.accessKeyId;
        request.secret = emulator.sts.accessKeySecret;
        request.headers['x-acs-security-token'] = 'CAIS';
      },
    ],
  ];
  it.each(cases)('%s', async (_, status, code, change, late) => {
    const found = await send(change, late);
    expect([found.status, found.code]).toEqual([status, code]);
  });

  it('the same nonce twice', async () => {
    const nonce = randomUUID();
    const reuse = ({ headers }: Draft) => {
      headers['x-acs-signature-nonce'] = nonce;
    };
    expect((await send(reuse)).status).toBe(200);
    expect((await send(reuse)).code).toBe('SignatureNonceUsed');
  });

  it("in the gateway's shape, without telling the secret", async () => {
    const { answer, response } = await send((request) => (request.secret = 'wrong'));
    expect(Object.keys(answer)).toEqual(['RequestId', 'HostId', 'Code', 'Message', 'Recommend']);
    expect(answer.RequestId).toBe(response.headers.get('x-acs-request-id'));
    expect(answer.HostId).toBe(new URL(emulator.endpoint).host);
    expect(answer.Recommend).toContain('SignatureDoesNotMatch');
    expect(JSON.stringify(answer)).not.toContain(emulator.accessKeySecret);
  });

  it('nothing of it reaches the model', () => {
    const refused = emulator.requests().filter(({ status }) => status >= 400);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.every(({ params }) => Object.keys(params).length === 0)).toBe(true);
  });
});
