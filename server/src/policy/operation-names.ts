import type { Operation } from "./model.ts";

/** `METHOD /path`, as a rule names an operation that has no `operationId`. */
export function operationName(operation: Operation): string {
  return operation.rpc ?? `${operation.method} ${operation.path}`;
}

/**
 * Whether a rule's `name` means this operation: its `operationId`, `METHOD /path`, gRPC `pkg.Service/Method`, or a path
 * template alone, which means every method that it has.
 */
export function namesOperation(name: string, operation: Operation): boolean {
  if (name === operation.id || name === operation.rpc) return true;
  const documentPath = operation.documentPath ?? operation.path;
  // Large APIs ask this for each pair of an operation and a name, and nearly all differ.
  if (!name.includes(operation.path) && !name.includes(documentPath)) return false;
  const isPath = (path: string | undefined) => path === operation.path || path === documentPath;
  const [method, path, ...rest] = name.trim().split(/\s+/);
  if (path === undefined) return isPath(method);
  return rest.length === 0 && isPath(path) && method?.toUpperCase() === operation.method;
}
