import {
  type Address,
  formatAddress,
  isInside,
  type Network,
  parseAddress,
  parseNetwork,
  widthOf,
} from "./network.ts";

/**
 * Decides networks exactly. IPv4 and IPv6 are different addresses even where an IPv6 network is as wide as `::/0`;
 * an IPv4-mapped IPv6 address is its IPv4 address.
 */

/** The network of a test. Throws where it is none: whoever lowers checks it first with `parseNetwork`. */
export function networkOf(text: string): Network {
  const found = networks.get(text) ?? parseNetwork(text);
  if (found === undefined) throw new Error(`${text} is no network and should not have been lowered`);
  // Networks come from files: a bound keeps a hostile workspace from filling the table.
  if (networks.size >= 10_000) networks.clear();
  networks.set(text, found);
  return found;
}

const networks = new Map<string, Network>();

const everything: readonly Network[] = [
  { version: 4, bits: 0n, length: 0 },
  { version: 6, bits: 0n, length: 0 },
];

/** Addresses that the documentation ranges give to examples, where nothing says what the address is. */
const natural = ["203.0.113.7", "198.51.100.7", "192.0.2.7", "10.0.0.1", "2001:db8::1"];

export const contains = (outer: Network, inner: Network): boolean =>
  outer.length <= inner.length && isInside(inner, outer);

/** The intersection: networks are nested or disjoint. */
export function narrow(a: readonly Network[], b: Network): readonly Network[] {
  return a.flatMap((one) => (contains(one, b) ? [b] : contains(b, one) ? [one] : []));
}

/** The networks that hold exactly the addresses in all of these. */
export function intersection(inside: readonly Network[]): readonly Network[] {
  return inside.reduce(narrow, everything);
}

/** An address in all of `inside` and in none of `outside`, as text; undefined iff there is none. */
export function findAddress(
  inside: readonly Network[],
  outside: readonly Network[],
  hints: readonly string[] = [],
): string | undefined {
  const fits = (text: string): boolean => {
    const address = parseAddress(text);
    if (address === undefined || formatAddress(address) !== text) return false;
    return inside.every((one) => isInside(address, one)) && !outside.some((one) => isInside(address, one));
  };
  const known = [...hints, ...(inside.length === 0 ? natural : [])].find(fits);
  if (known !== undefined) return known;
  for (const network of intersection(inside)) {
    const found = search(network, outside);
    if (found !== undefined) return formatAddress(found);
  }
  return undefined;
}

/** Halves the network until a part touches no excluded network. Each step down keeps only those that it touches. */
function search(network: Network, outside: readonly Network[]): Address | undefined {
  const touching = outside.filter((one) => contains(network, one) || contains(one, network));
  if (touching.some((one) => contains(one, network))) return undefined;
  if (touching.length === 0) return firstHost(network);
  const length = network.length + 1;
  const half = 1n << BigInt(widthOf(network.version) - length);
  return (
    search({ ...network, length }, touching) ??
    search({ ...network, bits: network.bits | half, length }, touching)
  );
}

/** The first address that a host can have: the one after the network's own, where there is another. */
function firstHost({ version, bits, length }: Network): Address {
  const size = widthOf(version) - length;
  return { version, bits: size > 1 ? bits | 1n : bits };
}
