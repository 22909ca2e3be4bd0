/** A scenario as an interaction: the request in its own form, and the credentials of who makes it. */
import type { Interaction, Json } from "../access/interaction.ts";
import { duplicateKeys } from "../json/duplicate-keys.ts";
import { type DocumentSource, openReference } from "../policy/build/files.ts";
import { policySetIn } from "../policy/in-environment.ts";
import type { Environment, PolicySet, Scenario } from "../policy/model.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import { child, entries, type ParsedFile, type TreeNode, text, toValue } from "../text/tree.ts";
import { askedResource } from "./asked-resource.ts";
import { credentialsOf, exchangedToken, issuerOf } from "./credentials.ts";
import { forms, isFormName, recogniseForm } from "./requests/forms.ts";
import { httpFile } from "./requests/http.ts";
import {
  type Beside,
  type FormContext,
  fields,
  given,
  RequestError,
  type RequestPart,
} from "./requests/reading.ts";

export type ScenarioRequest = { readonly interaction: Interaction } | { readonly problem: Problem };

export function scenarioInteraction(
  scenario: Scenario,
  declared: PolicySet,
  environment: Environment,
  source: DocumentSource,
): ScenarioRequest {
  const set = policySetIn(declared, environment);
  const identity = scenario.as && set.identities.get(scenario.as.text);
  const request = readRequest(scenario, set, identity === undefined ? environment : undefined, source);
  if ("problem" in request) return request;
  const resource = askedResource(set, request.part);
  const proven =
    identity === undefined ? {} : credentialsOf(identity, scenario.onBehalfOf, set, environment, resource);
  const stated = given({
    source: scenario.source && { ...proven.source, ...scenario.source },
    client: scenario.client,
    jwt: scenario.jwt && tokenWith(proven.jwt, scenario.jwt),
    credential: scenario.credential && { ...proven.credential, ...scenario.credential },
    time: scenario.now,
  });
  const interaction = { ...proven, ...request.part, ...stated, environment: environment.name };
  return { interaction: { ...interaction, ...delegationOf(scenario, interaction, proven, set) } };
}

/** The token of who makes the request, with what the scenario says of it: a claim more, another audience. */
function tokenWith(
  proven: Interaction["jwt"],
  said: NonNullable<Interaction["jwt"]>,
): NonNullable<Interaction["jwt"]> {
  const claims = { ...proven?.claims, ...said.claims };
  return { ...proven, ...said, ...(Object.keys(claims).length > 0 && { claims }) };
}

/**
 * What a scenario says of delegation beside its `as`: with a token of its own, what that token must agree with; with
 * none, the token that proves it for whoever calls.
 */
function delegationOf(
  { onBehalfOf, as }: Scenario,
  made: Interaction,
  proven: Pick<Interaction, "jwt">,
  set: PolicySet,
): Pick<Interaction, "jwt" | "onBehalfOf"> {
  const [delegator] = onBehalfOf;
  if (delegator === undefined) return {};
  if (made.jwt !== undefined && made.jwt !== proven.jwt) {
    const issuer = issuerOf(delegator.issuer, set)?.url ?? delegator.issuer;
    return { onBehalfOf: [{ ...delegator, issuer }] };
  }
  const actor = made.source?.principal ?? made.client?.id;
  if (as !== undefined || actor === undefined) return {};
  return given({ jwt: exchangedToken(onBehalfOf, actor, set) });
}

/**
 * A request of a file on its own, as `simulate --request FILE` and the editor's command read it. The environment is
 * the one that it is simulated in, whichever it was recorded in. Throws `RequestError` where it is not of its form.
 */
export function fileInteraction(
  file: ParsedFile,
  declared: PolicySet,
  environment: Environment,
): Interaction {
  const set = policySetIn(declared, environment);
  return { ...requestOfFile(file, { set, beside: {}, environment }), environment: environment.name };
}

type Read = { readonly part: RequestPart } | { readonly problem: Problem };

function readRequest(
  scenario: Scenario,
  set: PolicySet,
  environment: Environment | undefined,
  source: DocumentSource,
): Read {
  const [form] = entries(scenario.request).filter(
    (entry) => entry.key.text === "file" || isFormName(entry.key.text),
  );
  if (form === undefined) return invalid(scenario.request.place, scenario, "it names no form of request");
  const { key, value } = form;
  const context = (): FormContext => ({ set, beside: besideOf(scenario.request), ...given({ environment }) });
  if (isFormName(key.text)) {
    const read = forms[key.text];
    return attempt(value.place, scenario, () => read(fields(json(value), key.text), context()));
  }
  const path = text(value);
  if (path === undefined) return invalid(value.place, scenario, "file must be a path");
  const opened = openReference(scenario.uri, { text: path, place: value.place }, source);
  if ("problem" in opened) return { problem: opened.problem };
  return attempt(value.place, scenario, () => requestOfFile(opened.file, context()));
}

/** Throws `RequestError` for an operation that events do not have. */
function besideOf(request: TreeNode): Beside {
  const operation = text(child(request, "operation"));
  if (operation !== undefined && operation !== "publish" && operation !== "consume")
    throw new RequestError(`operation is "${operation}", not publish or consume`);
  return given({
    resource: text(child(request, "resource")),
    server: text(child(request, "server")),
    provider: text(child(request, "provider")),
    topic: text(child(request, "topic")),
    operation,
  });
}

function requestOfFile(file: ParsedFile, context: FormContext): RequestPart {
  if (/\.(http|rest)$/i.test(file.uri)) return httpFile(file.layout.text, context);
  const [broken] = file.problems.filter((problem) => problem.severity === "error");
  if (broken !== undefined) throw new RequestError(`the file cannot be read: ${broken.message}`);
  if (/\.(json|har)$/i.test(file.uri)) {
    const [twice] = duplicateKeys(file.layout.text);
    if (twice !== undefined)
      throw new RequestError(`the key "${twice.key}" stands twice, so that readers differ in its value`);
  }
  const document = fields(json(file.documents[0]?.root), "the request");
  return forms[recogniseForm(document)](document, context);
}

/** Trees hold nothing but JSON. */
function json(node: TreeNode | undefined): Json | undefined {
  return toValue(node) as Json | undefined;
}

function attempt(place: Place, scenario: Scenario, make: () => RequestPart): Read {
  try {
    return { part: make() };
  } catch (error) {
    if (error instanceof RequestError) return invalid(place, scenario, error.message);
    throw error;
  }
}

function invalid(place: Place, scenario: Scenario, why: string): { readonly problem: Problem } {
  return {
    problem: {
      code: "scenario/invalid-request",
      severity: "error",
      place,
      message: `The request of scenario "${scenario.name.text}" cannot be read: ${why}.`,
    },
  };
}
