/** The forms of sample requests, each as its users already have it. */
import { authzenRequest } from "./authzen.ts";
import { checkRequest } from "./check-request.ts";
import { eventRequest } from "./event.ts";
import { grpcRequest } from "./grpc.ts";
import { harRequest, httpRequest } from "./http.ts";
import { readInteraction } from "./interaction.ts";
import { mcpRequest } from "./mcp.ts";
import { modelRequest } from "./model.ts";
import { type Fields, type FormContext, field, isFields, RequestError, type RequestPart } from "./reading.ts";

export type Form = (form: Fields, context: FormContext) => RequestPart;

export const forms = {
  http: httpRequest,
  har: harRequest,
  grpc: grpcRequest,
  mcp: mcpRequest,
  chat: modelRequest,
  event: eventRequest,
  authzen: authzenRequest,
  checkRequest,
  interaction: readInteraction,
} as const satisfies Readonly<Record<string, Form>>;

export type FormName = keyof typeof forms;

export function isFormName(name: string): name is FormName {
  return Object.hasOwn(forms, name);
}

/** The form of a JSON document, told by the fields that only it has. */
export function recogniseForm(document: Fields): FormName {
  const has = (name: string) => field(document, name) !== undefined;
  const attributes = field(document, "attributes");
  if (has("jsonrpc")) return "mcp";
  if (has("specversion")) return "event";
  if (has("traffic")) return "interaction";
  if (isFields(attributes) && field(attributes, "request") !== undefined) return "checkRequest";
  if (isFields(field(document, "action")) && isFields(field(document, "resource"))) return "authzen";
  if (has("log") || isFields(field(document, "request"))) return "har";
  if (has("model")) return "chat";
  if (has("url")) return "http";
  if (has("service") && has("method")) return "grpc";
  throw new RequestError(
    "the form of the request is not recognised: JSON-RPC (jsonrpc), CloudEvent (specversion), HAR, Envoy CheckRequest, AuthZEN, a chat body (model), {method, url} or an interaction (traffic)",
  );
}
