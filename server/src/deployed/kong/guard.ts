import { opaqueAttribute } from "../../access/attribute.ts";
import { attribute } from "../../access/catalogue.ts";
import type { Lost } from "../../access/hop.ts";
import { fails, holds, type Literal, type OpaqueAtom, type Terms } from "../../access/predicate.ts";
import { exactly, ignoringCase, oneOf, prefix, suffix, type TextPattern } from "../../access/text-pattern.ts";
import type { KongAddress } from "./model.ts";
import { headerRegex, pathRegex, type ReadRegex } from "./regex.ts";
import { type RouterEntry, withoutPort } from "./router.ts";

export interface Guard {
  readonly terms: Terms;
  readonly opaque: readonly OpaqueAtom[];
  readonly lost: readonly Lost[];
}

/** One dimension of a route: alternatives, each a conjunction. */
type Dimension = readonly (readonly Literal[])[];

/**
 * What a route with one of its paths matches, as predicates: all dimensions that it gives, of each any value. It does
 * not say that no other route comes first.
 * Source: Kong `kong/router/transform.lua`, `get_expression`.
 */
export function entryGuard(entry: RouterEntry): Guard {
  const builder = new GuardBuilder(entry);
  return builder.build();
}

class GuardBuilder {
  readonly #opaque: OpaqueAtom[] = [];
  readonly #lost: Lost[] = [];

  constructor(private readonly entry: RouterEntry) {}

  build(): Guard {
    const { route } = this.entry;
    const dimensions: readonly Dimension[] =
      route.expression !== undefined
        ? [[[this.#atom("expression", route.expression.text, "expressions are not read")]]]
        : [
            this.#methods(),
            this.#hosts(),
            this.#path(),
            ...this.#headers(),
            this.#snis(),
            this.#addresses("source"),
            this.#addresses("destination"),
          ];
    let terms: readonly (readonly Literal[])[] = [[]];
    for (const dimension of dimensions) {
      terms = terms.flatMap((left) => dimension.map((right) => [...left, ...right]));
    }
    const origins = [{ label: route.label, place: route.place }];
    return {
      terms: terms.map((literals) => ({ literals, origins })),
      opaque: this.#opaque,
      lost: this.#lost,
    };
  }

  #methods(): Dimension {
    const { methods } = this.entry.route;
    if (methods.length === 0) return [[]];
    return [[holds(attribute("request.method"), { test: "text", pattern: oneOf(methods) })]];
  }

  #hosts(): Dimension {
    const { hosts } = this.entry.route;
    if (hosts.length === 0) return [[]];
    const host = (pattern: TextPattern) => holds(attribute("request.host"), { test: "text", pattern });
    const plain = hosts.filter((one) => !one.includes("*") && withoutPort(one) === one);
    const others = hosts.filter((one) => !plain.includes(one));
    return [
      ...(plain.length === 0 ? [] : [[host(oneOf(plain))]]),
      ...others.map((one) => {
        const name = withoutPort(one);
        const literal = host(hostPattern(name));
        if (name === one) return [literal];
        return [literal, this.#atom("port", one.slice(name.length), "Kong's own port is not modelled")];
      }),
    ];
  }

  #path(): Dimension {
    const { path, regex } = this.entry;
    if (path === undefined) return [[]];
    const read: ReadRegex = regex ? pathRegex(path) : { pattern: prefix(path) };
    if ("problem" in read) return [[this.#atom("path", `~${path}`, read.problem)]];
    return [[holds(attribute("request.path"), { test: "text", pattern: read.pattern })]];
  }

  #headers(): readonly Dimension[] {
    return this.entry.route.headers.map(({ name, values }) => {
      const header = attribute("request.headers", name);
      const plain = values.filter((value) => !value.startsWith("~*"));
      const dimension: (readonly Literal[])[] = [];
      if (plain.length > 0) {
        dimension.push([holds(header, { test: "member", pattern: ignoringCase(oneOf(plain)) })]);
      }
      for (const value of values.filter((one) => one.startsWith("~*"))) {
        const read = headerRegex(value.slice(2));
        dimension.push([
          "pattern" in read
            ? holds(header, { test: "member", pattern: read.pattern })
            : this.#atom(`header ${name}`, value, read.problem),
        ]);
      }
      return dimension;
    });
  }

  /** Server names count for TLS only; whether a request came by TLS shows in whether it has one. */
  #snis(): Dimension {
    const { snis, protocols } = this.entry.route;
    if (snis.length === 0) return [[]];
    const sni = attribute("destination.sni");
    const named = [holds(sni, { test: "text", pattern: oneOf(snis) })];
    const takesPlain = protocols.some((protocol) => protocol === "http" || protocol === "grpc");
    return takesPlain ? [named, [fails(sni, { test: "present" })]] : [named];
  }

  #addresses(side: "source" | "destination"): Dimension {
    const { sources, destinations } = this.entry.route;
    const addresses = side === "source" ? sources : destinations;
    if (addresses.length === 0) return [[]];
    return addresses.map((one) => this.#address(side, one));
  }

  #address(side: "source" | "destination", { network, port }: KongAddress): readonly Literal[] {
    const literals: Literal[] = [];
    if (side === "source" && network !== undefined) {
      literals.push(holds(attribute("source.ip"), { test: "cidr", network }));
    }
    if (side === "destination" || port !== undefined) {
      const written = [side === "source" ? undefined : network, port].filter((one) => one !== undefined);
      literals.push(this.#atom(side, written.join(":"), `the ${side}'s address or port is not modelled`));
    }
    return literals;
  }

  /** A part of the match as an atom; it stands in `lost` too. */
  #atom(part: string, written: string, reason: string): Literal {
    const { route } = this.entry;
    const place = route.expression?.place ?? route.place;
    const atom: OpaqueAtom = {
      attribute: opaqueAttribute(`kong match ${part} ${written}`),
      text: `${route.label} matches ${part} ${written}`,
      reason,
      place,
    };
    this.#opaque.push(atom);
    this.#lost.push({ text: `${part} ${written} of ${route.label}`, reason, place });
    return holds(atom.attribute, { test: "opaque", value: "true" });
  }
}

function hostPattern(host: string): TextPattern {
  if (host.startsWith("*")) return suffix(host.slice(1));
  return host.endsWith("*") ? prefix(host.slice(0, -1)) : exactly(host);
}
