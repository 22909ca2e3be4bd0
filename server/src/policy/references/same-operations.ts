/**
 * Operations that stand in an inventory twice: by their id, so that a rule which names it means both, or by method and
 * path, so that what is said of one holds for the requests of the other. Operations beside an OpenAPI document have a
 * finding of the schema.
 */
import type { Problem } from "../../text/problem.ts";
import type { Operation, PolicySet, Resource } from "../model.ts";
import { operationName } from "../operation-names.ts";

export function sameOperations(set: PolicySet): readonly Problem[] {
  return [...set.resources.values()].flatMap(twiceIn);
}

function twiceIn(resource: Resource): readonly Problem[] {
  const { uri } = resource.place.block;
  const inline = resource.operations.filter((one) => one.place.block.uri === uri && one.rpc === undefined);
  if (inline.length < 2) return [];
  const byId = new Map<string, Operation>();
  const byShape = new Map<string, Operation>();
  return inline.flatMap((operation): readonly Problem[] => {
    const { id } = operation;
    const shape = shapeOf(operation);
    const sameId = id === undefined ? undefined : byId.get(id);
    const sameShape = byShape.get(shape);
    if (id !== undefined && sameId === undefined) byId.set(id, operation);
    if (sameShape === undefined) byShape.set(shape, operation);
    // Of an operation that is there with the same id and path one thing is to be said.
    if (sameShape !== undefined)
      return [finding(operation, sameShape, requestsTwice(resource, operation, sameShape))];
    return id === undefined || sameId === undefined
      ? []
      : [finding(operation, sameId, idTwice(resource, id, operation, sameId))];
  });
}

/** What parameters are called makes no difference to which requests are meant. */
function shapeOf({ method, path }: Operation): string {
  return `${method} ${path.replace(/\{[^{}/]*\}/g, "{}")}`;
}

function requestsTwice({ name }: Resource, operation: Operation, first: Operation): string {
  const own = operationName(operation);
  const other = operationName(first);
  const what =
    own === other ? `${own} stands twice in ${name}` : `${own} and ${other} of ${name} are the same requests`;
  return `${what}, so that a rule for one of them decides on the other, too. Remove one.`;
}

function idTwice({ name }: Resource, id: string, operation: Operation, first: Operation): string {
  return `${name} has two operations "${id}", ${operationName(first)} and ${operationName(operation)}, so a rule that names it means both. Give this one an id of its own.`;
}

function finding(operation: Operation, first: Operation, message: string): Problem {
  return {
    code: "reference/duplicate-name",
    severity: "error",
    message,
    place: operation.place,
    related: [{ place: first.place, message: `The first one, ${operationName(first)}, stands here.` }],
  };
}
