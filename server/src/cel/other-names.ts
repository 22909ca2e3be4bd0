/**
 * What gateways, meshes and other policy languages call what conditions read here: agentgateway's own CEL, Istio's and
 * Envoy's attributes, AuthZEN, Cedar, and OPA with Envoy. Their names are too far from ours for a likeness of letters.
 */
import type { Chain } from "./chain.ts";
import type { ConditionProblem } from "./condition.ts";
import type { CelEnvironment } from "./environment.ts";

/** Where both have the same values, so that one can stand for the other. */
const same: Readonly<Record<string, string>> = {
  // agentgateway, https://agentgateway.dev/docs/reference/cel
  "source.address": "source.ip",
  "source.identity.namespace": "source.namespace",
  "source.identity.serviceAccount": "source.serviceAccount",
  "source.identity.trustDomain": "source.trustDomain",
  "source.spiffeId": "source.principal",
  "jwt.claims": "jwt",
  "llm.model": "llm.requestModel",
  // Istio's authorization conditions, and Envoy's attributes.
  "request.auth.claims": "jwt",
  "request.auth.audiences": "jwt.aud",
  "request.auth.presenter": "jwt.azp",
  "request.url_path": "request.path",
  "request.time": "context.time",
  "connection.sni": "destination.sni",
  "connection.requested_server_name": "destination.sni",
  // The request as Envoy gives it to an external authorizer, and so to OPA.
  "request.http": "request",
  "input.attributes.request.http": "request",
  "input.attributes.source.principal": "source.principal",
  // What people guess.
  "request.ip": "source.ip",
  "request.jwt": "jwt",
  "context.now": "context.time",
  now: "context.time",
  env: "context.environment",
  claims: "jwt",
  "token.claims": "jwt",
  token: "jwt",
  "auth.claims": "jwt",
};

const whoCalls =
  "Who calls is said by the rule's `subjects`; a condition can read source.principal (the SPIFFE ID of the connection) and jwt.sub (the subject of the token).";
const whatIsAsked =
  "What a rule is for is said by its `on`; a condition can read request.method and request.path.";
const aKey = "The caller that a gateway knows by its key or password is client.id.";
const aClaim = "The claims of the verified token are fields of jwt, such as jwt.sub.";

/** Where nothing is quite the same: what to read instead. */
const hints: Readonly<Record<string, string>> = {
  apiKey: aKey,
  basicAuth: aKey,
  "source.identity": "Its parts are source.namespace, source.serviceAccount and source.trustDomain.",
  "request.uri": "Conditions read its parts: request.host, request.path and request.query.",
  "request.url": "Conditions read its parts: request.host, request.path and request.query.",
  "request.pathAndQuery": "Conditions read its parts: request.path and request.query.",
  "request.auth": aClaim,
  "request.auth.principal": "It is jwt.iss and jwt.sub with a / between; ask for each.",
  auth: aClaim,
  "request.user": whoCalls,
  subject: whoCalls,
  "subject.type":
    "The type of an identity stands in the inventory: name the identities that are meant in `subjects` of the rule.",
  "subject.groups": "The groups that a token carries are a claim: jwt.groups, where the issuer calls it so.",
  "principal.id": whoCalls,
  "request.principal": whoCalls,
  user: whoCalls,
  "user.groups": "The groups that a token carries are a claim: jwt.groups, where the issuer calls it so.",
  caller: whoCalls,
  identity: whoCalls,
  resource: whatIsAsked,
  action: whatIsAsked,
  backend: "Where a request goes to is said by `on` of the rule; a condition can read destination.port.",
  connection:
    "Conditions read of a connection source.principal, source.ip, destination.port and destination.sni.",
  input: "Conditions read request, source, jwt and the others directly, without input.",
};

/** Where the names of others can also be claims of a token: then it is a warning. */
const isOpen = (name: string): boolean => name.startsWith("jwt.");

/** What is wrong with a chain of names that begins as others write it: the longest beginning that is known. */
export function byOtherName(
  chain: Chain,
  { dialect, variables }: CelEnvironment,
): ConditionProblem | undefined {
  // What is deployed is written in the names of its own engine.
  if (dialect !== "plumbline") return undefined;
  const { root, steps } = chain;
  const keys = steps.map((step) => step.key);
  const end = keys.findIndex((key) => typeof key !== "string");
  const length = end === -1 ? keys.length : end;
  for (let count = Math.min(length, 3); count >= 0; count--) {
    const name = [root.args, ...keys.slice(0, count)].join(".");
    const meant = own(same, name);
    const hint = own(hints, name);
    if (meant === undefined && hint === undefined) continue;
    const last = steps[count - 1]?.end ?? root.start + root.args.length;
    // In brackets a name has no range that another could stand in.
    const isPlain = root.input.slice(root.start, last) === name;
    return {
      code: variables.fields.has(root.args) ? "cel/unknown-field" : "cel/unknown-variable",
      severity: isOpen(name) ? "warning" : "error",
      message: isOpen(name)
        ? `${name} reads a claim that is called "${name.slice(name.indexOf(".") + 1)}". ${aClaim}`
        : `Conditions have no "${name}". ${meant === undefined ? hint : `Here it is ${meant}.`}`,
      start: root.start,
      end: last,
      ...(meant !== undefined && isPlain && { replaceWith: meant }),
    };
  }
  return undefined;
}

function own(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
