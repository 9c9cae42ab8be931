/**
 * The bytes of a string literal: UTF-8 of its text, except that `\xNN` is the single byte NN. JavaScript would make
 * U+0080…U+00FF of it, two bytes in UTF-8; protocols need the one. So the raw text is read, not the value.
 */

const encoder = new TextEncoder();

const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
  "\n": "",
  "\r\n": "",
  "\r": "",
  "\u2028": "",
  "\u2029": "",
};

const escapeForms = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|(\r\n|[\s\S]))/g;

/** `raw` is what stands between the quotes; the parser has accepted its escapes. */
export function stringBytes(raw: string): Uint8Array {
  if (!raw.includes("\\")) return encoder.encode(raw);
  const bytes: number[] = [];
  // Text is kept until a byte comes, so that two escapes can make one character outside the basic plane.
  let text = "";
  let end = 0;
  for (const match of raw.matchAll(escapeForms)) {
    const [whole, byte, unit, point, simple] = match;
    text += raw.slice(end, match.index);
    end = match.index + whole.length;
    if (byte !== undefined) {
      for (const unit8 of encoder.encode(text)) bytes.push(unit8);
      bytes.push(Number.parseInt(byte, 16));
      text = "";
    } else if (unit !== undefined) text += String.fromCharCode(Number.parseInt(unit, 16));
    else if (point !== undefined) text += String.fromCodePoint(Number.parseInt(point, 16));
    else if (simple !== undefined) text += simpleEscapes[simple] ?? simple;
  }
  for (const unit8 of encoder.encode(text + raw.slice(end))) bytes.push(unit8);
  return Uint8Array.from(bytes);
}
