/** The usual text of an address that is given as a number. */
export function addressText(version: 4 | 6, address: bigint): string {
  if (version === 4) return parts(address, 4, 8n).join(".");
  const groups = parts(address, 8, 16n).map((one) => Number(one).toString(16));
  // The platform's URL parser writes IPv6 as RFC 5952 says.
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

/** The number in so many parts of so many bits, the highest first. */
export function parts(number: bigint, count: number, bits: bigint): readonly bigint[] {
  return Array.from(
    { length: count },
    (_, index) => (number >> (bits * BigInt(count - 1 - index))) & ((1n << bits) - 1n),
  );
}
