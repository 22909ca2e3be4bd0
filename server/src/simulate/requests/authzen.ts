import { identityIn } from "../../policy/in-environment.ts";
import type { Identity, Resource } from "../../policy/model.ts";
import { operationName } from "../../policy/operation-names.ts";
import { credentialsOf } from "../credentials.ts";
import { eventRequest } from "./event.ts";
import { mcpRequest } from "./mcp.ts";
import { modelRequest } from "./model.ts";
import {
  type Fields,
  type FormContext,
  field,
  fields,
  fieldsField,
  given,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
  trafficTo,
} from "./reading.ts";

/**
 * An AuthZEN 1.0 evaluation: the resource by its id, the action by its name; what the resource's properties say of
 * HTTP, a tool, a model or an event counts. Whoever asks vouches for the subject, so that one with the name or the
 * SPIFFE ID of a declared identity gets the credentials that prove it.
 */
export function authzenRequest(form: Fields, context: FormContext): RequestPart {
  const subject = fieldsField(form, "subject");
  return { ...(subject === undefined ? {} : provenBy(subject, form, context)), ...asked(form, context) };
}

function provenBy(subject: Fields, form: Fields, { set, environment }: FormContext): Partial<RequestPart> {
  const id = requiredText(subject, "id", "subject");
  if (environment === undefined) return {};
  const isMeant = (one: Identity) => one.name === id || identityIn(one, environment).spiffeId?.text === id;
  const identity = [...set.identities.values()].find(isMeant);
  if (identity === undefined) return {};
  const resource = fieldsField(form, "resource");
  const asked = set.resources.get((resource && textField(resource, "id", "resource.id")) ?? "");
  return credentialsOf(identity, [], set, environment, asked);
}

function asked(form: Fields, context: FormContext): RequestPart {
  const resource = fields(field(form, "resource"), "resource");
  const action = requiredText(fields(field(form, "action"), "action"), "name", "action");
  const id = requiredText(resource, "id", "resource");
  const properties = fieldsField(resource, "properties", "resource.properties") ?? {};
  const known = context.set.resources.get(id);
  const inContext = { ...context, beside: { ...context.beside, resource: id } };
  switch (known?.type) {
    case "mcp-server": {
      const params = { name: action, arguments: field(properties, "arguments") ?? {} };
      return mcpRequest({ server: id, method: "tools/call", params }, inContext);
    }
    case "model":
      return modelRequest({ model: known.model?.model ?? id, ...properties }, inContext);
    case "event-channel": {
      const type = requiredText(properties, "type", "resource.properties");
      const operation = action === "consume" ? "consume" : "publish";
      return eventRequest(
        { ...properties, type },
        { ...inContext, beside: { ...inContext.beside, operation } },
      );
    }
    case "api":
    case "service":
    case undefined:
      return httpAction(action, id, properties, known);
  }
}

/** The action is an operation by its id or RPC name, or `METHOD /path`; `properties.path` says the concrete path. */
function httpAction(
  action: string,
  id: string,
  properties: Fields,
  known: Resource | undefined,
): RequestPart {
  const [method, path, ...rest] = action.trim().split(/\s+/);
  const operation = known?.operations.find((one) => one.id === action || operationName(one) === action);
  const target = textField(properties, "path", "resource.properties.path") ?? operation?.path ?? path;
  if (target === undefined || (operation === undefined && rest.length > 0))
    throw new RequestError(`the action ${action} is no operation of ${id}; name one, or "METHOD /path"`);
  if (target.includes("{"))
    throw new RequestError(`${action} has parameters: say the concrete path as resource.properties.path`);
  return {
    traffic: trafficTo(known),
    transport: "http",
    destination: { resource: id },
    http: {
      method: operation?.method ?? method?.toUpperCase() ?? "GET",
      path: target,
      ...given({ host: hostOf(known) }),
    },
  };
}

/** A host that the resource answers on; of a wildcard none is known. */
function hostOf(resource: Resource | undefined): string | undefined {
  return resource?.hosts.find((host) => !host.text.startsWith("*"))?.text;
}
