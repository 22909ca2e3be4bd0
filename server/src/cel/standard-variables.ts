/** The variables that conditions can read before a schema of theirs is known, with their types. */

import type { ObjectType, VariableType } from "./condition.ts";
import { dyn } from "./json-schema.ts";

const text: VariableType = { type: "string" };
const texts: VariableType = { type: "list", of: text };
const open: VariableType = { type: "object", fields: new Map(), open: true };

export function object(fields: Readonly<Record<string, VariableType>>, isOpen = false): ObjectType {
  const entries = Object.entries(fields).map(([name, type]) => [name, { type, required: false }] as const);
  return { type: "object", fields: new Map(entries), open: isOpen };
}

/** As `schemas/common.schema.json` lists them. */
const credentialTypes =
  "x509-svid jwt-svid wit-svid token-exchange transaction-token oidc client-credentials private-key-jwt mtls api-key basic static-secret".split(
    " ",
  );

/** The variables of the plumbline dialect: the catalogue's attributes, and the parts derived from them. */
export function standardVariables(): ObjectType {
  return object({
    request: object({
      method: text,
      path: text,
      host: text,
      headers: { type: "map", of: texts },
      query: { type: "map", of: texts },
      body: dyn,
    }),
    source: object({ principal: text, namespace: text, serviceAccount: text, trustDomain: text, ip: text }),
    jwt: object({ iss: text, sub: text, aud: texts, scope: texts }, true),
    client: object({ id: text, method: text, groups: texts }),
    destination: object({ port: { type: "int" }, sni: text }),
    grpc: object({ service: text, method: text }),
    mcp: object({
      methodName: text,
      tool: object({ name: text, target: text, arguments: open }),
      prompt: object({ name: text }),
      resource: object({ name: text, uri: text }),
    }),
    llm: object({ provider: text, requestModel: text, params: object({ max_tokens: { type: "int" } }) }),
    event: object({ type: text, source: text, topic: text, operation: text }),
    onBehalfOf: { type: "list", of: delegator },
    credential: object({
      type: { type: "string", values: credentialTypes },
      ttl: { type: "duration" },
      age: { type: "duration" },
      boundTo: object({ kind: { type: "string", values: ["task", "session"] }, id: text }),
    }),
    context: object({ time: { type: "timestamp" }, environment: text, usage: open }),
  });
}

export const delegator: ObjectType = object({ id: text, issuer: text, groups: texts });

/** The variables of agentgateway by its own names, as `agentgatewayBindings` says where they are from. */
export function agentgatewayVariables(): ObjectType {
  const named = object({ name: text, target: text });
  return object({
    request: object({
      method: text,
      path: text,
      host: text,
      uri: text,
      pathAndQuery: text,
      headers: { type: "map", of: text },
      body: dyn,
      scheme: text,
      version: text,
    }),
    source: object({
      spiffeId: text,
      identity: object({ namespace: text, serviceAccount: text, trustDomain: text }),
      address: text,
      port: { type: "int" },
      subjectAltNames: texts,
      issuer: text,
      subject: text,
      subjectCn: text,
    }),
    jwt: object({ iss: text, sub: text, aud: dyn }, true),
    apiKey: object({}, true),
    basicAuth: object({ username: text }),
    destination: object({ address: text, port: { type: "int" } }),
    mcp: object({
      methodName: text,
      sessionId: text,
      tool: object({ name: text, target: text, arguments: open }),
      prompt: named,
      resource: named,
    }),
    llm: object(
      { provider: text, requestModel: text, params: object({ max_tokens: { type: "int" } }, true) },
      true,
    ),
    llmRequest: dyn,
    backend: object({ name: text, type: text, protocol: text }),
    env: object({ podName: text, namespace: text, gateway: text }),
    extauthz: open,
    extproc: open,
    metadata: open,
  });
}
