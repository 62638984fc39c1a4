/**
 * Which code points take how many terminal cells. Ranges are hexadecimal, inclusive. Made from the Unicode 17 East Asian
 * Width data and the Unicode 11 tables of xterm.js; both are checked again in the tests, character by character.
 */
type Ranges = Int32Array;

function ranges(text: string): Ranges {
  const words = text.split(' ');
  const out = new Int32Array(words.length * 2);
  words.forEach((word, index) => {
    const [first = '', last = first] = word.split('-');
    out[index * 2] = Number.parseInt(first, 16);
    out[index * 2 + 1] = Number.parseInt(last, 16);
  });
  return out;
}

/** True when the code point lies in one of the sorted ranges. */
export function inRanges(table: Ranges, codePoint: number): boolean {
  let low = 0;
  let high = table.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < (table[middle * 2] ?? 0)) high = middle - 1;
    else if (codePoint > (table[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

/** Two cells: East Asian Wide and Fullwidth, and emoji shown as pictures by default (Unicode 17). */
export const WIDE = ranges(
  [
    '1100-115e 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2630-2637 2648-2653 267f 268a-268f 2693',
    '26a1 26aa-26ab 26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa 26fd 2705 270a-270b 2728 274c 274e',
    '2753-2755 2757 2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55 2e80-2e99 2e9b-2ef3 2f00-2fd5 2ff0-3029 302e-303e',
    '3041-3096 309b-30ff 3105-312f 3131-3163 3165-318e 3190-31e5 31ef-321e 3220-3247 3250-a48c a490-a4c6 a960-a97c',
    'ac00-d7a3 f900-faff fe10-fe19 fe30-fe52 fe54-fe66 fe68-fe6b ff01-ff60 ffe0-ffe6 16fe0-16fe3 16ff0-16ff6',
    '17000-18cda 18cff-18d20 18d80-18df2 18e00-19191 191a0-191d2 1aff0-1aff3 1aff5-1affb 1affd-1affe 1b000-1b128',
    '1b132 1b150-1b152 1b155 1b164-1b168 1b170-1b2fb 1d300-1d356 1d360-1d376 1f004 1f0cf 1f18e 1f191-1f19a 1f1ae',
    '1f200-1f202 1f210-1f23b 1f240-1f248 1f250-1f251 1f260-1f265 1f300-1f320 1f32d-1f335 1f337-1f37c 1f37e-1f393',
    '1f3a0-1f3ca 1f3cf-1f3d3 1f3e0-1f3f0 1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567',
    '1f57a 1f595-1f596 1f5a4 1f5fb-1f64f 1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5-1f6d9 1f6dc-1f6df 1f6eb-1f6ec',
    '1f6f4-1f6fc 1f7da 1f7e0-1f7eb 1f7f0 1f90c-1f93a 1f93c-1f945 1f947-1f9ff 1fa70-1fa7c 1fa80-1fac6 1fac8',
    '1facc-1fadd 1fadf-1faeb 1faef-1fafa 20000-2fffd 30000-3fffd',
  ].join(' '),
);

/** One cell in most terminals, two in those set up for East Asian fonts (EastAsianWidth=A), private use left out. */
export const AMBIGUOUS = ranges(
  [
    'a1 a4 a7-a8 aa ae b0-b4 b6-ba bc-bf c6 d0 d7-d8 de-e1 e6 e8-ea ec-ed f0 f2-f3 f7-fa fc fe 101 111 113 11b',
    '126-127 12b 131-133 138 13f-142 144 148-14b 14d 152-153 166-167 16b 1ce 1d0 1d2 1d4 1d6 1d8 1da 1dc 251 261',
    '2c4 2c7 2c9-2cb 2cd 2d0 2d8-2db 2dd 2df 391-3a1 3a3-3a9 3b1-3c1 3c3-3c9 401 410-44f 451 2010 2013-2016',
    '2018-2019 201c-201d 2020-2022 2024-2027 2030 2032-2033 2035 203b 203e 2074 207f 2081-2084 20ac 2103 2105 2109',
    '2113 2116 2121-2122 2126 212b 2153-2154 215b-215e 2160-216b 2170-2179 2189 2190-2199 21b8-21b9 21d2 21d4 21e7',
    '2200 2202-2203 2207-2208 220b 220f 2211 2215 221a 221d-2220 2223 2225 2227-222c 222e 2234-2237 223c-223d 2248',
    '224c 2252 2260-2261 2264-2267 226a-226b 226e-226f 2282-2283 2286-2287 2295 2299 22a5 22bf 2312 2460-24e9',
    '24eb-254b 2550-2573 2580-258f 2592-2595 25a0-25a1 25a3-25a9 25b2-25b3 25b6-25b7 25bc-25bd 25c0-25c1 25c6-25c8',
    '25cb 25ce-25d1 25e2-25e5 25ef 2605-2606 2609 260e-260f 261c 261e 2640 2642 2660-2661 2663-2665 2667-266a',
    '266c-266d 266f 269e-269f 26bf 26c6-26cd 26cf-26d3 26d5-26e1 26e3 26e8-26e9 26eb-26f1 26f4 26f6-26f9 26fb-26fc',
    '26fe-26ff 273d 2776-277f 2b56-2b59 3248-324f fffd 1f100-1f10a 1f110-1f12d 1f130-1f169 1f170-1f18d 1f18f-1f190',
    '1f19b-1f1ac',
  ].join(' '),
);

/** Assigned characters that a terminal with Unicode 11 tables and one with today's count differently. */
export const DISPUTED = ranges(
  [
    '897-89f 8ca-8d2 b55 c3c d81 ece 115f 1734 180f 1abf-1add 1ae0-1aeb 1dfa 2630-2637 268a-268f 2ffc-2fff 3164',
    '31bb-31bf 31e4-31e5 31ef 4dc0-4dff a82c ffa0 10d69-10d6d 10eab-10eac 10efa-10eff 10f82-10f85 11070 11073-11074',
    '110c2 111cf 11241 113bb-113c0 113ce 113d0 113d2 113e1-113e2 1171e 1193b-1193c 1193e 11943 11b60 11b62-11b64',
    '11b66 11f00-11f01 11f36-11f3a 11f40 11f42 11f5a 13440 13447-13455 1611e-16129 1612d-1612f 16fe4 16ff0-16ff6',
    '187f8-187ff 18af3-18cd5 18cff-18d1e 18d80-18df2 1aff0-1aff3 1aff5-1affb 1affd-1affe 1b11f-1b122 1b132 1b155',
    '1cf00-1cf2d 1cf30-1cf46 1d300-1d356 1d360-1d376 1e08f 1e2ae 1e4ec-1e4ef 1e5ee-1e5ef 1e6e3 1e6e6 1e6ee-1e6ef',
    '1e6f5 1f6d6-1f6d8 1f6dc-1f6df 1f6fb-1f6fc 1f7f0 1f90c 1f93b 1f946 1f972 1f977-1f979 1f9a3-1f9a4 1f9ab-1f9ad',
    '1f9cb-1f9cc 1fa74-1fa77 1fa7b-1fa7c 1fa83-1fa8a 1fa8e-1fa8f 1fa96-1fac6 1fac8 1facd-1fadc 1fadf-1faea',
    '1faef-1faf8',
  ].join(' '),
);
