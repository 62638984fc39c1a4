import type { Layer } from './binding.ts';

/** A layer of keys as a table in Markdown, for the README. */
export function printLayer<Context>({ title, bindings }: Layer<Context>): string {
  const rows = bindings.map(({ id, keys, title: words }) => `| ${keys.map(code).join(' ')} | ${words} | ${id} |`);
  return [
    `**${title[0]?.toUpperCase()}${title.slice(1)}**`,
    '',
    '| keys | what they do |',
    '|---|---|',
    ...new Set(rows),
  ].join('\n');
}

/** A chord as inline code; a bar would end the cell and a backtick the code. */
function code(chord: string): string {
  return chord === '`' ? '`` ` ``' : `\`${chord.replace('|', '\\|')}\``;
}
