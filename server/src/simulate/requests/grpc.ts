import type { Resource } from "../../policy/model.ts";
import {
  destination,
  type Fields,
  type FormContext,
  field,
  given,
  headersOf,
  plainHeaders,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

/** A gRPC call: a POST to `/pkg.Service/Method`. Without a resource beside it, to the only one that has its service. */
export function grpcRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const service = requiredText(form, "service", "a gRPC request");
  const method = requiredText(form, "method", "a gRPC request");
  const headers = plainHeaders(headersOf(field(form, "metadata"), "metadata"));
  return {
    traffic: "service",
    transport: "http",
    ...destination(beside.resource ?? onlyResourceWith(service, set.resources.values())),
    grpc: { service, method },
    http: {
      method: "POST",
      path: `/${service}/${method}`,
      ...given({ host: textField(form, "host"), headers, body: field(form, "message") }),
    },
  };
}

function onlyResourceWith(service: string, resources: Iterable<Resource>): string | undefined {
  const found = [...resources].filter((resource) =>
    resource.operations.some((operation) => operation.rpc?.startsWith(`${service}/`) === true),
  );
  return found.length === 1 ? found[0]?.name : undefined;
}
