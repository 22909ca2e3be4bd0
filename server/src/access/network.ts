/** IPv4 and IPv6 addresses and networks as numbers. An IPv4-mapped IPv6 address is its IPv4 address. */
export interface Address {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** All addresses of one version whose first `length` bits are those of `bits`; the other bits of it are zero. */
export interface Network extends Address {
  readonly length: number;
}

export const widthOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);

/** The address, or undefined where the text is none. */
export function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { version: 4, bits: four };
  const six = parseSix(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn ? { version: 4, bits: six & 0xffff_ffffn } : { version: 6, bits: six };
}

/** `address/bits`, or one address; undefined where the text is neither. Bits of the host part are ignored. */
export function parseNetwork(text: string): Network | undefined {
  const [base = "", written, ...rest] = text.split("/");
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0) return undefined;
  const { version } = address;
  const width = widthOf(version);
  if (written === undefined) return { ...address, length: width };
  if (!/^\d{1,3}$/.test(written)) return undefined;
  // `::ffff:10.0.0.0/104` is the IPv4 network of 8 bits.
  const length = Number(written) - (version === 4 && base.includes(":") ? 96 : 0);
  if (length < 0 || length > width) return undefined;
  const shift = BigInt(width - length);
  return { version, bits: (address.bits >> shift) << shift, length };
}

export function isInside(address: Address, network: Network): boolean {
  if (address.version !== network.version) return false;
  const shift = BigInt(widthOf(network.version) - network.length);
  return address.bits >> shift === network.bits >> shift;
}

/** Whether `address` lies in `network` (`address/bits`, or one address). A text that is no address lies in none. */
export function inNetwork(address: string, network: string): boolean {
  const inner = parseAddress(address);
  const outer = parseNetwork(network);
  return inner !== undefined && outer !== undefined && isInside(inner, outer);
}

/** The usual text of an address: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress({ version, bits }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join(".");
  const words = Array.from({ length: 8 }, (_, i) => (bits >> BigInt(112 - 16 * i)) & 0xffffn);
  const { at, length } = longestZeros(words);
  const hex = (some: readonly bigint[]): string => some.map((one) => one.toString(16)).join(":");
  return length < 2 ? hex(words) : `${hex(words.slice(0, at))}::${hex(words.slice(at + length))}`;
}

function longestZeros(words: readonly bigint[]): { readonly at: number; readonly length: number } {
  let best = { at: 0, length: 0 };
  let at = 0;
  words.forEach((word, i) => {
    if (word !== 0n) at = i + 1;
    else if (i + 1 - at > best.length) best = { at, length: i + 1 - at };
  });
  return best;
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return undefined;
  const [head, tail] = [groups(halves[0] ?? ""), groups(halves[1] ?? "")];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<bigint>(missing).fill(0n), ...tail].reduce(
    (bits, one) => (bits << 16n) | one,
    0n,
  );
}

/** The 16-bit groups of one side of `::`; a dotted quad at the end is two groups. */
function groups(text: string): readonly bigint[] | undefined {
  if (text === "") return [];
  const found: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const four = index === parts.length - 1 ? parseFour(part) : undefined;
    if (four !== undefined) found.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) found.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return found;
}
