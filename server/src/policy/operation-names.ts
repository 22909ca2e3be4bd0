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

const indices = new WeakMap<readonly Operation[], ReadonlyMap<string, readonly number[]>>();

/**
 * The operations that any of the names means, in their order: as asking `namesOperation` of each pair, which takes too
 * long where thousands of rules name thousands of operations. The list is indexed once, by itself.
 */
export function operationsNamed(
  operations: readonly Operation[],
  names: readonly string[],
): readonly Operation[] {
  let index = indices.get(operations);
  if (index === undefined) {
    index = indexOf(operations);
    indices.set(operations, index);
  }
  const found = new Set<number>();
  for (const name of names)
    for (const key of keysOfName(name)) for (const at of index.get(key) ?? []) found.add(at);
  return [...found].sort((a, b) => a - b).flatMap((at) => operations[at] ?? []);
}

function indexOf(operations: readonly Operation[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  operations.forEach((operation, at) => {
    for (const key of keysOf(operation)) {
      const known = index.get(key);
      if (known === undefined) index.set(key, [at]);
      else known.push(at);
    }
  });
  return index;
}

function keysOf({ id, rpc, method, path, documentPath }: Operation): ReadonlySet<string> {
  const paths = [path, documentPath ?? path];
  return new Set([
    ...[id, rpc].flatMap((name) => (name === undefined ? [] : [`id ${name}`])),
    ...paths.flatMap((one) => [`path ${one}`, `call ${method} ${one}`]),
  ]);
}

function keysOfName(name: string): readonly string[] {
  const [first = "", path, ...rest] = name.trim().split(/\s+/);
  if (path === undefined) return [`id ${name}`, `path ${first}`];
  return [`id ${name}`, ...(rest.length === 0 ? [`call ${first.toUpperCase()} ${path}`] : [])];
}
