import type { Budget } from "./budget.ts";
import type { TextDomain } from "./domain.ts";
import { findText } from "./find-text.ts";
import { findAddress, intersection } from "./ip.ts";
import { formatAddress, isInside, type Network, parseAddress, widthOf } from "./network.ts";
import type { Search } from "./product.ts";
import { languageOf, matches } from "./text-language.ts";
import { fullMatch, type TextPattern } from "./text-pattern.ts";

/** Networks and text patterns asked of one and the same address, in its usual text. */
export interface AddressQuestion {
  readonly networks: readonly Network[];
  readonly notNetworks: readonly Network[];
  readonly inside: readonly TextPattern[];
  readonly outside: readonly TextPattern[];
  readonly hints: readonly string[];
}

/** Without words of its own: an address has no part that a word could fill. */
const noWords: TextDomain = { natural: [], starts: [], ends: [], words: [] };

/**
 * Exact without text patterns and for sets of texts; with others exact for IPv4, while an IPv6 address is only looked
 * for among likely ones: where none fits and none is ruled out either, the answer is `too-complex`.
 */
export function findAddressText(asked: AddressQuestion, budget: Budget): Search {
  const question = withExcludedTexts(asked);
  const { networks, notNetworks, inside, outside, hints } = question;
  const fits = (text: string): boolean => {
    const address = parseAddress(text);
    return (
      address !== undefined &&
      formatAddress(address) === text &&
      networks.every((one) => isInside(address, one)) &&
      !notNetworks.some((one) => isInside(address, one)) &&
      inside.every((one) => matches(one, text)) &&
      !outside.some((one) => matches(one, text))
    );
  };
  const likely = findAddress(networks, notNetworks, hints);
  if (likely === undefined) return "none";
  if (fits(likely)) return { found: likely };
  const finite = inside.map(languageOf).find((one) => one.shape.shape === "finite" && !one.ignoreCase);
  if (finite?.shape.shape === "finite") {
    const found = [...finite.shape.values].find(fits);
    return found === undefined ? "none" : { found };
  }
  const four = findFour(question, budget);
  return four === "none" ? findSix(question, fits, budget) : four;
}

/** A set of texts that the address may not be is a set of addresses, that is of the smallest networks. */
function withExcludedTexts(question: AddressQuestion): AddressQuestion {
  const valuesOf = (one: TextPattern) =>
    one.kind === "oneOf" && one.ignoreCase !== true ? one.values : undefined;
  const values = question.outside.flatMap((one) => valuesOf(one) ?? []);
  const excluded = values.flatMap((value) => {
    const address = parseAddress(value);
    // Any other form is the text of no address here.
    if (address === undefined || formatAddress(address) !== value) return [];
    return [{ ...address, length: widthOf(address.version) }];
  });
  return {
    ...question,
    notNetworks: [...question.notNetworks, ...excluded],
    outside: question.outside.filter((one) => valuesOf(one) === undefined),
  };
}

function findFour({ networks, notNetworks, inside, outside }: AddressQuestion, budget: Budget): Search {
  const network = intersection(networks).find((one) => one.version === 4);
  if (network === undefined) return "none";
  const excluded = notNetworks.filter((one) => one.version === 4).map(dotted);
  return findText(
    { inside: [dotted(network), ...inside], outside: [...outside, ...excluded], domain: noWords },
    budget,
  );
}

/** A superset of the texts of IPv6 addresses; enough to see that a pattern like `10.*` can have none. */
const sixLike = fullMatch("[0-9a-f:]*:[0-9a-f:]*");

function findSix(question: AddressQuestion, fits: (text: string) => boolean, budget: Budget): Search {
  const network = intersection(question.networks).find((one) => one.version === 6);
  if (network === undefined) return "none";
  const likely = findAddress([network], question.notNetworks);
  if (likely === undefined) return "none";
  if (fits(likely)) return { found: likely };
  const { inside, outside } = question;
  const text = findText({ inside: [sixLike, ...inside], outside, domain: noWords }, budget);
  if (typeof text !== "object") return text;
  return fits(text.found) ? text : "too-complex";
}

const anyOctet = "(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
const patterns = new WeakMap<Network, TextPattern>();

/** The dotted texts of the addresses of an IPv4 network. */
function dotted(network: Network): TextPattern {
  const known = patterns.get(network);
  if (known !== undefined) return known;
  const octets = [0, 1, 2, 3].map((i) => {
    const fixed = Math.min(Math.max(network.length - 8 * i, 0), 8);
    if (fixed === 0) return anyOctet;
    const low = Number((network.bits >> BigInt(24 - 8 * i)) & 0xffn);
    return `(?:${Array.from({ length: 1 << (8 - fixed) }, (_, j) => low + j).join("|")})`;
  });
  const made = fullMatch(octets.join("\\."));
  patterns.set(network, made);
  return made;
}
