type Tree = { readonly [name: string]: string | number | Tree | readonly Tree[] };

/** Text in XML 1.0, which has no place for most control characters; OSS sends those only under encoding-type=url. */
function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function element(name: string, value: Tree[string]): string {
  if (Array.isArray(value)) return value.map((item: Tree) => element(name, item)).join('');
  const inner =
    typeof value === 'object'
      ? Object.entries(value)
          .map(([child, below]) => element(child, below))
          .join('')
      : escapeText(String(value));
  return `<${name}>${inner}</${name}>`;
}

/** A document with one root. A list becomes as many elements of its name. */
export function xml(root: string, tree: Tree): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, tree)}`;
}

/** The parts of a CompleteMultipartUpload body, in its order. */
export function readParts(body: string): { number: number; etag: string }[] {
  return [...body.matchAll(/<Part>([\s\S]*?)<\/Part>/g)].map(([, inner = '']) => ({
    number: Number(/<PartNumber>\s*(\d+)\s*<\/PartNumber>/.exec(inner)?.[1] ?? Number.NaN),
    etag: (/<ETag>\s*([\s\S]*?)\s*<\/ETag>/.exec(inner)?.[1] ?? '')
      .replace(/&quot;|&#34;/g, '"')
      .replaceAll('"', '')
      .toUpperCase(),
  }));
}
