import { type Attribute, opaqueAttribute } from "../../access/attribute.ts";
import { attribute } from "../../access/catalogue.ts";
import type { Lost } from "../../access/hop.ts";
import type { OpaqueAtom } from "../../access/predicate.ts";
import type { Place } from "../../text/place.ts";
import { all, always, any, type Formula, literal, never, not } from "./formula.ts";
import {
  addressValues,
  hostValues,
  memberValues,
  namespaceValues,
  pathValues,
  principalValues,
  requestPrincipalValues,
  serviceAccountValues,
  textValues,
  trustDomainValues,
  wordValues,
} from "./lower-values.ts";
import {
  type Constraint,
  constraints,
  type Field,
  httpOnly,
  type Rule,
  readsPeer,
  readsToken,
  type Value,
} from "./model.ts";
import type { Workload } from "./workload.ts";

/** Gathers the opaque atoms of one lowering, and says of each what is lost. */
export class Opaque {
  readonly #atoms = new Map<string, OpaqueAtom>();
  readonly #lost: Lost[] = [];
  /** What is lost already, by its text: large address lists must not make this quadratic. */
  readonly #listed = new Map<string, Set<Place | undefined>>();

  constructor(private readonly enforcementPoint: string) {}

  get atoms(): readonly OpaqueAtom[] {
    return [...this.#atoms.values()];
  }

  get lost(): readonly Lost[] {
    return this.#lost;
  }

  /** The attribute of what `identity` says; the same identity at the same hop is the same atom. */
  atom(identity: string, text: string, reason: string, place?: Place): Attribute {
    const made = opaqueAttribute(`istio ${this.enforcementPoint}: ${identity}`);
    const at = place === undefined ? {} : { place };
    if (!this.#atoms.has(made.key)) this.#atoms.set(made.key, { attribute: made, text, reason, ...at });
    this.lose(text, reason, place);
    return made;
  }

  lose(text: string, reason: string, place?: Place): void {
    const places = this.#listed.get(text) ?? new Set();
    if (places.has(place)) return;
    this.#listed.set(text, places.add(place));
    this.#lost.push({ text, reason, ...(place === undefined ? {} : { place }) });
  }
}

/** What lowering a rule needs to know of its surroundings. */
export interface RuleView {
  readonly workload: Workload;
  readonly opaque: Opaque;
}

/**
 * When the rule matches. Where the proxy does not parse HTTP, an ALLOW rule with an HTTP field does not exist, and in
 * any other rule such a field is ignored, which widens it (Model.Generate and checkError of authz/model/model.go).
 */
export function lowerRule(rule: Rule, allows: boolean, view: RuleView): Formula {
  const tcp = view.workload.transport === "tcp";
  if (tcp && allows && constraints(rule).some((one) => httpOnly(one.field))) return never;
  const every = (list: readonly Constraint[]): Formula =>
    all(...list.map((one) => (tcp && httpOnly(one.field) ? always : lowerConstraint(one, view))));
  const some = (alternatives: readonly (readonly Constraint[])[]): Formula =>
    alternatives.length === 0 ? always : any(...alternatives.map(every));
  return all(some(rule.from), some(rule.to), every(rule.when));
}

/** Whether the rule's match depends on resources of other kinds: who the peer is seen as, which token is accepted. */
export function readsIdentity(rule: Rule): boolean {
  return constraints(rule).some((one) => readsPeer(one.field) || readsToken(one.field));
}

function lowerConstraint(constraint: Constraint, view: RuleView): Formula {
  const { field, values, notValues } = constraint;
  return all(
    values.length === 0 ? always : matches(field, values, view),
    notValues.length === 0 ? always : not(matches(field, notValues, view)),
  );
}

function matches(field: Field, values: readonly Value[], view: RuleView): Formula {
  const { workload } = view;
  if (readsPeer(field)) return all(peerSeen(workload), peerValues(field, values, workload));
  if (readsToken(field)) return workload.jwt === undefined ? never : tokenValues(field, values, workload);
  switch (field.kind) {
    case "sourceIp":
      return addressValues(values);
    case "remoteIp":
      if (workload.mesh.remoteIpIsPeer) return addressValues(values);
      return opaqueValues("remote.ip", values, view, remoteIpReason);
    case "destinationIp":
      return opaqueValues("destination.ip", values, view, "requests do not say the address of the workload");
    case "host":
      loseHostPorts(values, view);
      return hostValues(values);
    case "method":
      return textValues(attribute("request.method"), values);
    case "path":
      return pathValues(values);
    case "port":
      return portValues(values, workload);
    case "sni":
      return textValues(attribute("destination.sni"), values);
    case "header":
      if (workload.jwt?.rewrittenHeaders.has(field.name)) {
        return opaqueValues(`request.headers[${field.name}]`, values, view, rewrittenReason);
      }
      return headerValues(field.name, values);
    case "other":
      return opaqueValues(field.key, values, view, "the neutral form of a request does not have it");
    default:
      throw new Error(`field ${field.kind} is neither of the peer nor of the token`);
  }
}

const remoteIpReason =
  "the client's address depends on which proxies are trusted to say it; set numTrustedProxies: 0 in the enforcement point's settings if none is";
const rewrittenReason = "a RequestAuthentication writes or removes this header before authorization";

/** DISABLE: the connection is plaintext to the proxy, so that no peer is ever known. */
function peerSeen(workload: Workload): Formula {
  const port = attribute("destination.port");
  const disabled = [...workload.portModes].filter(([, mode]) => mode.mode === "DISABLE");
  const enabled = [...workload.portModes].filter(([, mode]) => mode.mode !== "DISABLE");
  const at = (number: number): Formula => literal(port, { test: "range", min: number, max: number });
  return workload.mode.mode === "DISABLE"
    ? any(...enabled.map(([number]) => at(number)))
    : all(...disabled.map(([number]) => not(at(number))));
}

function peerValues(field: Field, values: readonly Value[], workload: Workload): Formula {
  switch (field.kind) {
    case "principal":
      return principalValues(values, workload.mesh.trustDomains);
    case "namespace":
      return namespaceValues(values);
    case "serviceAccount":
      return serviceAccountValues(values, field.namespace);
    case "trustDomain":
      return trustDomainValues(values, workload.mesh.trustDomains);
    default:
      throw new Error(`field ${field.kind} is not of the peer`);
  }
}

function tokenValues(field: Field, values: readonly Value[], workload: Workload): Formula {
  switch (field.kind) {
    case "requestPrincipal":
      return requestPrincipalValues(values);
    case "audience":
      return memberValues(attribute("jwt.aud"), values);
    case "presenter":
      return memberValues(attribute("jwt.claims", "azp"), values);
    case "claim": {
      const [first = "", ...rest] = field.path;
      if (first === "iss" || first === "sub" || first === "aud") {
        // These are strings (aud, which is a field of its own, also a list of them): nothing stands below them.
        return rest.length > 0 ? never : memberValues(attribute(`jwt.${first}`), values);
      }
      const claim = attribute("jwt.claims", ...field.path);
      const words = rest.length === 0 && workload.jwt?.spaceDelimited.has(first) === true;
      return words ? wordValues(claim, values) : memberValues(claim, values);
    }
    default:
      throw new Error(`field ${field.kind} is not of the token`);
  }
}

/** A known port decides here and now; else it is a fact of the request. */
function portValues(values: readonly Value[], workload: Workload): Formula {
  const ports = values.map((value) => Number(value.text));
  if (workload.port !== undefined) return ports.includes(workload.port) ? always : never;
  const port = attribute("destination.port");
  return any(...ports.map((number) => literal(port, { test: "range", min: number, max: number })));
}

/** `*`: the header is there. Repeated headers are joined by Envoy; see header-assumption.ts. */
function headerValues(name: string, values: readonly Value[]): Formula {
  const header = attribute("request.headers", name);
  const present = values.filter((value) => value.text === "*");
  return any(
    memberValues(
      header,
      values.filter((value) => value.text !== "*"),
    ),
    ...present.map((value) => literal(header, { test: "present" }, value.place)),
  );
}

function opaqueValues(key: string, values: readonly Value[], view: RuleView, reason: string): Formula {
  return any(
    ...values.map((value) => {
      const made = view.opaque.atom(
        `${key} is ${value.text}`,
        `${key} is ${value.text}`,
        reason,
        value.place,
      );
      return literal(made, { test: "opaque", value: "true" });
    }),
  );
}

function loseHostPorts(values: readonly Value[], view: RuleView): void {
  for (const value of values) {
    if (!/:\d+$/.test(value.text)) continue;
    view.opaque.lose(
      `the port of host ${value.text}`,
      "requests are compared by the name of their host, without its port",
      value.place,
    );
  }
}
