/** Addresses and networks as ranges of whole numbers: `v` is the version, `n` the address. */

export interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The addresses of `address/bits`, or of one address. The URL parser of the platform reads IPv6. */
export function addressRange(network: string): AddressRange {
  const [base = "", bits] = network.split("/");
  const isSix = base.includes(":");
  const value = isSix ? six(base) : four(base);
  const width = isSix ? 128 : 32;
  const free = 1n << BigInt(width - Number(bits ?? width));
  const first = (value / free) * free;
  return { version: isSix ? 6 : 4, first, last: first + free - 1n };
}

function four(text: string): bigint {
  const octets = text.split(".").map(BigInt);
  if (octets.length !== 4) throw new Error(`${text} is no IPv4 address`);
  return octets.reduce((sum, octet) => sum * 256n + octet, 0n);
}

function six(text: string): bigint {
  if (text.startsWith("::ffff:")) throw new Error(`${text} is an IPv4 address in disguise: not used here`);
  const plain = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const groups = (part: string | undefined) => (part === undefined || part === "" ? [] : part.split(":"));
  const [front, back] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array.from({ length: zeros }, () => "0"), ...back].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

export function smtInNetwork(version: string, number: string, network: string): string {
  const range = addressRange(network);
  return `(and (= ${version} ${range.version}) (<= ${range.first} ${number}) (<= ${number} ${range.last}))`;
}
