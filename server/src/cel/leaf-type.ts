import type { VariableType } from "./condition.ts";
import type { TypeName } from "./engine.ts";
import type { Reference } from "./reference.ts";

/** Members of JSON lists are `dyn`, whatever their schema says: only the list itself is checked when it is read. */
export function leafTypeName({ type, source }: Reference): TypeName {
  const inherent =
    source.kind === "attribute" && source.attribute.id !== "jwt.claims" && !isJson(source.attribute.id);
  return type.type === "list" && !inherent ? "list<dyn>" : typeName(type);
}

function isJson(id: string): boolean {
  return id === "mcp.tool.arguments" || id === "request.body";
}

/** The library's name of a type. */
export function typeName(type: VariableType): TypeName {
  switch (type.type) {
    case "timestamp":
      return "google.protobuf.Timestamp";
    case "duration":
      return "google.protobuf.Duration";
    case "null":
      return "null";
    case "list":
      return type.of.type === "string" ? "list<string>" : "list<dyn>";
    case "map":
    case "object":
      return "map<string, dyn>";
    case "string":
    case "int":
    case "double":
    case "bool":
    case "dyn":
      return type.type;
  }
}

/** Elements of JSON lists keep their own types: only those of lists that are lists of strings by nature have one. */
export function elementType(type: VariableType | undefined): VariableType {
  return type?.type === "list" && type.of.type === "object" ? type.of : { type: "dyn" };
}
