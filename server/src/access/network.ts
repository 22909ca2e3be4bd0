/** IPv4 and IPv6 addresses and networks as numbers. An IPv4-mapped IPv6 address is its IPv4 address. */
interface Address {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** The address, or undefined where the text is none. */
export function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { version: 4, bits: four };
  const six = parseSix(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn ? { version: 4, bits: six & 0xffff_ffffn } : { version: 6, bits: six };
}

/** Whether `address` lies in `network` (`address/bits`, or one address). A text that is no address lies in none. */
export function inNetwork(address: string, network: string): boolean {
  const [base = "", length] = network.split("/");
  const inner = parseAddress(address);
  const outer = parseAddress(base);
  if (inner === undefined || outer === undefined || inner.version !== outer.version) return false;
  const width = outer.version === 4 ? 32 : 128;
  const bits = length === undefined ? width : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > width) return false;
  const shift = BigInt(width - bits);
  return inner.bits >> shift === outer.bits >> shift;
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
