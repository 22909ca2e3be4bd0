/** A scenario as an interaction: the request in its own form, and the credentials of who makes it. */
import type { Interaction, Json } from "../access/interaction.ts";
import { duplicateKeys } from "../json/duplicate-keys.ts";
import { type DocumentSource, openReference } from "../policy/build/files.ts";
import type { Environment, PolicySet, Scenario } from "../policy/model.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import { child, entries, type ParsedFile, type TreeNode, text, toValue } from "../text/tree.ts";
import { credentialsOf } from "./credentials.ts";
import { forms, recogniseForm } from "./requests/forms.ts";
import { httpFile } from "./requests/http.ts";
import { type Beside, fields, given, RequestError, type RequestPart } from "./requests/reading.ts";

export type ScenarioRequest = { readonly interaction: Interaction } | { readonly problem: Problem };

export function scenarioInteraction(
  scenario: Scenario,
  set: PolicySet,
  environment: Environment,
  source: DocumentSource,
): ScenarioRequest {
  const request = readRequest(scenario, set, source);
  if ("problem" in request) return request;
  const identity = scenario.as && set.identities.get(scenario.as.text);
  const proven = identity === undefined ? {} : credentialsOf(identity, scenario.onBehalfOf, set, environment);
  const stated = given({
    source: scenario.source && { ...proven.source, ...scenario.source },
    client: scenario.client,
    jwt: scenario.jwt,
    credential: scenario.credential && { ...proven.credential, ...scenario.credential },
  });
  return {
    interaction: {
      ...proven,
      ...request.part,
      ...stated,
      environment: environment.name,
      ...given({ time: scenario.now }),
    },
  };
}

/** A request of a file on its own, as `simulate --request FILE` and the editor's command read it. */
export function fileInteraction(file: ParsedFile, set: PolicySet, environment: Environment): Interaction {
  const part = requestOfFile(file, set, {});
  return { environment: environment.name, ...part };
}

type Read = { readonly part: RequestPart } | { readonly problem: Problem };

const besideKeys = ["resource", "server", "provider", "operation", "topic"] as const;

function readRequest(scenario: Scenario, set: PolicySet, source: DocumentSource): Read {
  const beside = besideOf(scenario.request);
  const [form] = entries(scenario.request).filter(
    (entry) => entry.key.text === "file" || entry.key.text in forms,
  );
  if (form === undefined) return invalid(scenario.request.place, scenario, "it names no form of request");
  if (form.key.text !== "file") {
    return attempt(form.value.place, scenario, () =>
      read(form.key.text, toValue(form.value) as Json, set, beside),
    );
  }
  const path = text(form.value);
  if (path === undefined) return invalid(form.value.place, scenario, "file must be a path");
  const opened = openReference(scenario.uri, { text: path, place: form.value.place }, source);
  if ("problem" in opened) return { problem: opened.problem };
  return attempt(form.value.place, scenario, () => requestOfFile(opened.file, set, beside));
}

function besideOf(request: TreeNode): Beside {
  return Object.fromEntries(
    besideKeys.flatMap((key) => {
      const value = text(child(request, key));
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

function requestOfFile(file: ParsedFile, set: PolicySet, beside: Beside): RequestPart {
  if (/\.(http|rest)$/i.test(file.uri)) return httpFile(file.layout.text, { set, beside });
  const [broken] = file.problems.filter((problem) => problem.severity === "error");
  if (broken !== undefined) throw new RequestError(`the file cannot be read: ${broken.message}`);
  if (/\.(json|har)$/i.test(file.uri)) {
    const [twice] = duplicateKeys(file.layout.text);
    if (twice !== undefined)
      throw new RequestError(`the key "${twice.key}" stands twice, so that readers differ in its value`);
  }
  const document = fields(toValue(file.documents[0]?.root) as Json, "the request");
  return read(recogniseForm(document), document, set, beside);
}

function read(name: string, value: Json, set: PolicySet, beside: Beside): RequestPart {
  const form = forms[name];
  if (form === undefined) throw new RequestError(`${name} is no form of request`);
  return form(fields(value, name), { set, beside });
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
