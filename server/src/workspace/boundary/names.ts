/** What a generated scenario is called: who may, or may not, do what, and which boundary that shows. */
import type { Interaction } from "../../access/interaction.ts";
import { durationSeconds, durationText } from "../../access/units.ts";
import type { Rule } from "../../policy/model.ts";
import type { MutatedPolicy } from "../../simulate/boundary/mutated-policy.ts";
import type { Mutation } from "../../simulate/boundary/mutation.ts";
import { issuerOf } from "../../simulate/credentials.ts";
import { hostMatches, operationOf } from "../../simulate/targets.ts";
import type { Candidate } from "./pool.ts";

/** `support-copilot for alice may not call refund with amount 200.01, just beyond the limit`. */
export function nameOf(
  { fields, request, situation }: Candidate,
  reasons: readonly Mutation[],
  policy: MutatedPolicy,
): string {
  const asked = situation.request?.interaction ?? request;
  const who = fields.as === undefined ? credentialsInWords(asked, policy) : namedCaller(fields);
  const may = fields.expect.decision === "allow" ? "may" : "may not";
  const isAtBound = reasons.some((one) => one.kind === "move-bound" || /<|>/.test(one.words));
  const limit = fields.expect.decision === "allow" ? "just within the limit" : "just beyond the limit";
  const details = [
    hostInWords(situation, asked),
    credentialInWords(fields.credential),
    fields.now === undefined ? undefined : `at ${fields.now}`,
    isAtBound ? limit : undefined,
  ].filter((one) => one !== undefined);
  return [`${who} ${may} ${deedInWords(situation, asked)}`, ...details].join(", ");
}

function namedCaller({ as, onBehalfOf }: Candidate["fields"]): string {
  const [delegator, ...prior] = onBehalfOf ?? [];
  if (delegator === undefined) return as ?? "";
  const through = prior.map((one) => ` through ${one.id}`).join("");
  return `${as} for ${delegator.id}${groupsInWords(delegator.groups)}${through}`;
}

const groupsInWords = (groups: readonly string[] | undefined): string =>
  groups === undefined || groups.length === 0 ? "" : ` of ${groups.join(", ")}`;

/** A caller that no declared identity fits, by its credentials. */
function credentialsInWords({ source, client, jwt }: Interaction, policy: MutatedPolicy): string {
  const parts: string[] = [];
  if (source?.principal !== undefined) parts.push(workloadInWords(source.principal, policy));
  if (client?.id !== undefined) parts.push(`client ${client.id}`);
  else if (client?.groups !== undefined) parts.push(`a client${groupsInWords(client.groups)}`);
  if (jwt !== undefined) {
    const issuer = jwt.iss === undefined ? undefined : issuerOf(jwt.iss, policy.set);
    const whose = jwt.iss === undefined ? "no issuer" : (issuer?.name ?? jwt.iss);
    const isForUs = issuer === undefined || issuer.audiences.some((one) => jwt.aud?.includes(one));
    const audience = isForUs ? "" : ` for ${jwt.aud?.join(", ") ?? "no audience"}`;
    const actor = actorOf(jwt);
    const groups = jwt.claims?.groups;
    const listed = Array.isArray(groups) ? groups.filter((one) => typeof one === "string") : undefined;
    const subject = `${jwt.sub ?? "somebody"}${groupsInWords(listed)}`;
    parts.push(
      `${parts.length === 0 ? "" : "with "}${actor === undefined ? subject : `${actor} for ${subject}`} with a token of ${whose}${audience}`,
    );
  }
  if (source?.ip !== undefined) parts.push(`from ${source.ip}`);
  return parts.length === 0 ? "a caller without credentials" : parts.join(" ");
}

function actorOf({ claims }: NonNullable<Interaction["jwt"]>): string | undefined {
  const act = claims?.act;
  if (act === undefined) return undefined;
  const sub = typeof act === "object" && act !== null && "sub" in act ? act.sub : undefined;
  return typeof sub === "string" ? lastOf(sub) : "somebody";
}

const lastOf = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

/** By the parts of its SPIFFE ID that people know. */
function workloadInWords(id: string, { declared, environment }: MutatedPolicy): string {
  const [, trustDomain = "", namespace, account] =
    /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(id) ?? [];
  if (namespace === undefined || account === undefined) return id;
  const own =
    declared.controlPlane.trustDomains.has(trustDomain) || environment.vars.get("td") === trustDomain;
  return `workload ${account} of namespace ${namespace}${own ? "" : ` of trust domain ${trustDomain}`}`;
}

function deedInWords({ request }: Candidate["situation"], asked: Interaction): string {
  const { mcp, llm, event, http, grpc } = asked;
  if (mcp?.tool !== undefined) return `call ${mcp.tool.name}${argumentsInWords(mcp.tool.arguments)}`;
  if (mcp?.prompt !== undefined) return `get prompt ${mcp.prompt.name}`;
  if (mcp?.resource !== undefined) return `read ${mcp.resource.uri}`;
  if (llm !== undefined)
    return `ask ${llm.model ?? "a model"}${llm.maxTokens === undefined ? "" : ` for ${llm.maxTokens} tokens`}`;
  if (event !== undefined) {
    const resource = request?.resource;
    const topic = event.topic === resource?.event?.topic ? "" : ` on ${event.topic ?? "no topic"}`;
    return `${event.operation ?? "publish"} ${event.type ?? "events"}${topic}`;
  }
  if (grpc !== undefined) return `call ${grpc.service}/${grpc.method}`;
  if (http === undefined) return `reach ${request?.resource.name ?? "it"}`;
  const operation = request === undefined ? undefined : operationOf(request.resource, asked);
  return `call ${operation?.id ?? `${http.method ?? ""} ${http.path ?? ""}`.trim()}`;
}

function argumentsInWords(args: { readonly [name: string]: unknown } | undefined): string {
  const stated = Object.entries(args ?? {}).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return stated.length === 0 ? "" : ` with ${stated.join(" and ")}`;
}

/** Only where it is another host than the resource's own. */
function hostInWords({ request }: Candidate["situation"], { http }: Interaction): string | undefined {
  if (request === undefined || http?.host === undefined || request.resource.type !== "api") return undefined;
  return hostMatches(request.resource, { traffic: "api", http }) ? undefined : `at host ${http.host}`;
}

function credentialInWords(credential: Interaction["credential"]): string | undefined {
  if (credential === undefined) return undefined;
  const { type, ttl, age, boundTo } = credential;
  const readable = (text: string) => durationText(durationSeconds(text) ?? 0);
  const parts = [
    type === undefined ? undefined : `of type ${type}`,
    ttl === undefined ? undefined : `that lives ${readable(ttl)}`,
    age === undefined ? undefined : `${readable(age)} old`,
    boundTo === undefined ? undefined : `bound to a ${boundTo.kind}`,
  ].filter((one) => one !== undefined);
  return parts.length === 0 ? undefined : `by a credential ${parts.join(", ")}`;
}

/** `Just inside payments/staff-read-payments; fails if operation getPayment is dropped.` */
export function descriptionOf(candidate: Candidate, reasons: readonly Mutation[]): string {
  const side = isInside(candidate.fields.expect) ? "inside" : "outside";
  const rule = ruleOf(candidate, reasons);
  const shown = reasons.find((one) => one.about === rule?.id) ?? reasons[0];
  return `Just ${side} ${rule?.id ?? "every rule"}${shown === undefined ? "" : `; fails if ${shown.words}`}.`;
}

/** The rule whose boundary it shows: the one that decides, else the first that would. */
export function ruleOf({ fields, situation }: Candidate, reasons: readonly Mutation[]): Rule | undefined {
  const resource = situation.request?.resource.name;
  const changed = reasons
    .flatMap((one) => one.rules)
    .filter((rule) => rule.on.some((target) => target.resource.text === resource));
  return changed.find((rule) => rule.id === fields.expect.rule) ?? changed[0];
}

/** A denial that no rule makes lies outside of all allow rules. */
export function isInside({ rule }: Candidate["fields"]["expect"]): boolean {
  return rule !== undefined;
}
