/**
 * Networks, by the names that Kubernetes and agentgateway have: `cidr("10.0.0.0/8").containsIP(source.ip)`. Addresses are
 * read as the predicates of `access/network.ts` read them, so that lowering and evaluation cannot differ.
 */
import { isInside, type Network, parseAddress, parseNetwork } from "../access/network.ts";
import { LeafError } from "./leaf-error.ts";

/** The value of `cidr()`. `text` is a network that `parseNetwork` takes. */
export class Cidr {
  constructor(
    readonly network: Network,
    readonly text: string,
  ) {}
}

export const networkTest = "containsIP";

export const networkFunctionNames: readonly string[] = ["cidr"];
export const networkMethodNames: readonly string[] = [networkTest];

/** Registers a function by its signature. */
type Register = (signature: string, handler: (...values: never[]) => unknown) => void;

/** `Cidr` has to be a type of the library by that name. */
export function registerNetworkFunctions(register: Register): void {
  register("cidr(string): Cidr", cidr);
  register(`Cidr.${networkTest}(string): bool`, (outer: Cidr, text: string) => {
    const address = parseAddress(text);
    if (address !== undefined) return isInside(address, outer.network);
    throw LeafError.because(`"${text.slice(0, 40)}" is no IP address`);
  });
}

function cidr(text: string): Cidr {
  const network = text.includes("/") ? parseNetwork(text) : undefined;
  if (network !== undefined) return new Cidr(network, text);
  throw LeafError.because(`"${text.slice(0, 40)}" is no network like 10.0.0.0/8 or 2001:db8::/32`);
}
