import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../src/service-json/decode.ts';
import { documentOf, parseServiceBytes, parseServiceJson } from '../../../src/service-json/parse.ts';

const only = (text: string) => {
  const { value, problems } = parseServiceJson(text);
  expect(problems).toHaveLength(1);
  const [problem] = problems;
  return { value, place: `${problem?.line}:${problem?.column}`, severity: problem?.severity, text: problem?.text };
};

describe('parseServiceJson', () => {
  it('reads what JSON.stringify wrote, at any indentation', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const document = parseServiceJson(text);
        expect(document.problems).toEqual([]);
        expect(document.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses exactly what JSON.parse refuses, apart from what it tolerates with a warning', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '.5',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        const document = parseServiceJson(text);
        let native: unknown;
        try {
          native = JSON.parse(text);
        } catch {
          expect(document.problems, text).not.toEqual([]);
          return;
        }
        expect(document.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(document.value).toEqual(native);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', '1:1', 'the file is empty'],
    ['{"a":1\n  "b":2}', '1:7', 'is a comma missing here?'],
    ["{'a':1}", '1:2', 'plain double quotes'],
    ['{a:1}', '1:2', 'write it in double quotes, "a"'],
    ['{"a":True}', '1:6', 'write true'],
    ['{"a":[1,,2]}', '1:9', 'delete one comma'],
    ['{"a":1,,"b":2}', '1:8', 'delete one comma'],
    ['{"a":01}', '1:6', 'no number of JSON'],
    ['{"a":1e999}', '1:6', 'larger than numbers can be'],
    ['{"a":"x\ny"}', '1:6', 'not closed on its line'],
    ['{"a":"x\ty"}', '1:8', 'write it as \\t'],
    ['{"p":"C:\\dir"}', '1:9', 'write a backslash as "\\\\"'],
    ['{"a":{\n"b":1', '2:6', 'inside the "{" of line 1, column 6: expected "}"'],
    ['[1,\n2', '2:2', 'expected "]"'],
    ['{"a" 1}', '1:6', 'expected ":" after the key "a"'],
    ['{"a":}', '1:6', 'expected a value, found "}"'],
    ['{}\r\n\r\n}', '3:1', 'expected the end of the file'],
    ['{"😀":1,"b":x}', '1:12', 'expected a value, found "x"'],
    ['{} /* open', '1:4', 'expected "*/"'],
  ])('says where %j is wrong', (text, place, words) => {
    const problem = only(text);
    expect(problem).toMatchObject({ value: undefined, place, severity: 'error' });
    expect(problem.text).toContain(words);
  });

  it.each([
    ['// why\n{"a":1}', '1:1', 'no comments'],
    ['{"a":1 /* why */}', '1:8', 'no comments'],
    ['{"a":1} # why', '1:9', 'no comments'],
    ['{"a":1,\n}', '1:7', 'before the closing bracket'],
    ['\ufeff{"a":1}', '1:1', 'byte order mark'],
    ['{"a":\u00a01}', '1:6', 'U+00A0'],
    ['{"a":2,"a":1}', '1:8', 'the key "a" is in this object twice'],
  ])('tolerates %j with a word', (text, place, words) => {
    const problem = only(text);
    expect(problem).toMatchObject({ value: { a: 1 }, place, severity: 'warning' });
    expect(problem.text).toContain(words);
  });

  it('stops at a depth that nobody meant', () => {
    expect(only('['.repeat(100_000))).toMatchObject({ place: '1:201', text: 'nested deeper than 200 levels' });
  });

  it('tells of digits that are lost', () => {
    expect(only('[12345678901234567890123]')).toMatchObject({ severity: 'warning', place: '1:2' });
    expect(parseServiceJson('[9007199254740992]').problems).toEqual([]);
  });

  it('does not repeat a warning without end', () => {
    const { problems } = parseServiceJson(`[${'1, // x\n'.repeat(1_000)}1]`);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)?.text).toBe('and 950 more warnings after this one');
  });

  it('knows where every key and value stands', () => {
    const document = parseServiceJson('{\n  "metadata": {\n    "rpc.batching": true\n  },\n  "list": [1,\n 2]\n}');
    expect(document.at(['metadata'])).toEqual({ line: 2, column: 3 });
    expect(document.at(['metadata', 'rpc.batching'])).toEqual({ line: 3, column: 5 });
    expect(document.at(['metadata', 'rpc.batching'], 'value')).toEqual({ line: 3, column: 21 });
    expect(document.at(['list', 1])).toEqual({ line: 6, column: 2 });
    expect(document.at(['metadata', 'cpu'])).toEqual({ line: 2, column: 3 });
    expect(document.at([])).toEqual({ line: 1, column: 1 });
  });

  it('keeps __proto__ a plain key', () => {
    const { value } = parseServiceJson('{"__proto__":{"x":1}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { x?: number }).x).toBeUndefined();
  });

  it('makes a document of a value', () => {
    expect(documentOf({ a: [1] }).at(['a', 0])).toEqual({ line: 3, column: 5 });
    expect(documentOf(undefined).value).toBeNull();
  });
});

describe('decodeText', () => {
  const wide = (text: string, big: boolean) => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };

  it('reads any text in UTF-8 and UTF-16', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (text.startsWith('\ufeff') || text.includes('\0')) return;
        expect(decodeText(Buffer.from(text))).toMatchObject({ text, encoding: 'utf-8' });
        expect(decodeText(Buffer.from(`\ufeff${text}`))).toMatchObject({ text, note: expect.stringContaining('mark') });
        expect(decodeText(wide(text, false))).toMatchObject({ text, encoding: 'utf-16le' });
        expect(decodeText(wide(text, true))).toMatchObject({ text, encoding: 'utf-16be' });
      }),
    );
  });

  it.each([
    ['latin1', Buffer.from('{\n"a":"caf\xe9"}', 'latin1'), 'line 2 holds bytes that are not UTF-8'],
    ['utf-16 without mark', Buffer.from('{"a":1}', 'utf16le'), 'UTF-16 without a byte order mark'],
    ['utf-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'UTF-32'],
    ['odd utf-16', Buffer.from([0xff, 0xfe, 0x7b]), 'odd number of bytes'],
    ['half surrogate', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'half characters'],
    ['zeros', Buffer.from([1, 0, 0, 0, 7]), 'zero bytes'],
  ])('refuses %s in words', (_, bytes, words) => {
    const decoded = decodeText(bytes);
    expect('problem' in decoded && decoded.problem).toContain(words);
  });

  it('refuses 50 MB unread', () => {
    const decoded = decodeText(new Uint8Array(50_000_000));
    expect(decoded).toEqual({ problem: 'the file has 50 MB or more; less than 50 MB is read: is it the right file?' });
  });

  it('makes an error or a warning of the document of a file', () => {
    expect(parseServiceBytes(Buffer.from([0xff]))).toMatchObject({
      value: undefined,
      problems: [{ severity: 'error' }],
    });
    const document = parseServiceBytes(wide('{"a":1}', true));
    expect(document).toMatchObject({ value: { a: 1 }, problems: [{ severity: 'warning', line: 1, column: 1 }] });
  });
});
