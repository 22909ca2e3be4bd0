import type { Json } from "../../access/interaction.ts";
import {
  bodyOf,
  type Fields,
  type FormContext,
  field,
  fields,
  fieldsField,
  given,
  headersOf,
  isFields,
  plainHeaders,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

/** Envoy's ext_authz CheckRequest as JSON (envoy.service.auth.v3), with proto or JSON names. */
export function checkRequest(form: Fields, { beside }: FormContext): RequestPart {
  const attributes = fields(field(form, "attributes"), "attributes");
  const http = "attributes.request.http";
  const request = fields(field(fields(field(attributes, "request"), "attributes.request"), "http"), http);
  const source = given({
    principal: peerField(attributes, "source", "principal"),
    ip: socketOf(attributes, "source").address,
  });
  const target = given({ resource: beside.resource, port: socketOf(attributes, "destination").port });
  const body = textField(request, "body", `${http}.body`);
  return {
    traffic: "service",
    transport: "http",
    ...(Object.keys(target).length === 0 ? {} : { destination: target }),
    ...(Object.keys(source).length === 0 ? {} : { source }),
    http: {
      method: requiredText(request, "method", http),
      path: requiredText(request, "path", http),
      ...given({
        host: textField(request, "host", `${http}.host`),
        headers: plainHeaders(headersOf(field(request, "headers"), `${http}.headers`)),
        body: body === undefined || body === "" ? undefined : bodyOf(body),
      }),
    },
  };
}

function peerField(attributes: Fields, peer: string, name: string): string | undefined {
  const found = fieldsField(attributes, peer, `attributes.${peer}`);
  const value = found && textField(found, name, `attributes.${peer}.${name}`);
  // A proto string that is not set is empty.
  return value === "" ? undefined : value;
}

function socketOf(attributes: Fields, peer: string): { readonly address?: string; readonly port?: number } {
  const found = fieldsField(attributes, peer, `attributes.${peer}`);
  const address = found && fieldsField(found, "address", `attributes.${peer}.address`);
  const socket: Json | undefined =
    address && (field(address, "socketAddress") ?? field(address, "socket_address"));
  if (!isFields(socket)) return {};
  const port = field(socket, "portValue") ?? field(socket, "port_value");
  if (port !== undefined && typeof port !== "number")
    throw new RequestError(`attributes.${peer}.address.socketAddress.portValue must be a number`);
  return given({ address: textField(socket, "address"), port });
}
