/**
 * Operations that stand in an inventory twice: by their id, so that a rule which names it means both, or by method and
 * path, so that what is said of one holds for the requests of the other. Operations beside an OpenAPI document have a
 * finding of the schema.
 */
import type { Fix, FixableProblem } from "../../text/fix.ts";
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import { child, text } from "../../text/tree.ts";
import type { Operation, PolicySet, Resource } from "../model.ts";
import { operationName } from "../operation-names.ts";

export function sameOperations(set: PolicySet): readonly FixableProblem[] {
  return [...set.resources.values()].flatMap(twiceIn);
}

function twiceIn(resource: Resource): readonly FixableProblem[] {
  const { uri } = resource.place.block;
  const inline = resource.operations.filter((one) => one.place.block.uri === uri && one.rpc === undefined);
  if (inline.length < 2) return [];
  const byId = new Map<string, Operation>();
  const byShape = new Map<string, Operation>();
  return inline.flatMap((operation): readonly FixableProblem[] => {
    const { id } = operation;
    const shape = shapeOf(operation);
    const sameId = id === undefined ? undefined : byId.get(id);
    const sameShape = byShape.get(shape);
    if (id !== undefined && sameId === undefined) byId.set(id, operation);
    if (sameShape === undefined) byShape.set(shape, operation);
    // Of an operation that is there with the same id and path one thing is to be said.
    if (sameShape !== undefined)
      return [
        {
          ...finding(operation, sameShape, requestsTwice(resource, operation, sameShape)),
          fixes: removal(resource, operation),
        },
      ];
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

/** Where it is the same text once more, it says nothing more; another id, path or body may be the one that is meant. */
function removal({ node }: Resource, operation: Operation): readonly Fix[] {
  const list = child(node, "operations");
  if (list?.kind !== "list") return [];
  const index = list.items.findIndex(
    (item) => item.kind === "scalar" && samePlace(item.place, operation.place),
  );
  const written = text(list.items[index]);
  const isSame = list.items.slice(0, Math.max(index, 0)).some((item) => text(item) === written);
  if (written === undefined || !isSame) return [];
  return [
    {
      title: `Remove the second ${written}`,
      isSafe: true,
      edits: [{ edit: "remove-item", list, index }],
    },
  ];
}

const samePlace = (one: Place, other: Place): boolean =>
  one.block === other.block && one.start <= other.start && other.end <= one.end;

function finding(operation: Operation, first: Operation, message: string): Problem {
  return {
    code: "reference/duplicate-name",
    severity: "error",
    message,
    place: operation.place,
    related: [{ place: first.place, message: `The first one, ${operationName(first)}, stands here.` }],
  };
}
