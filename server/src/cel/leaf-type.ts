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
      return type.of.type === "string" || type.of.type === "bool" ? `list<${type.of.type}>` : "list<dyn>";
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

/** What static checks take a type for. A value that may be null is of its other type where it is used otherwise. */
export function staticType(type: VariableType): VariableType {
  return type.type === "dyn" && type.unlessNull !== undefined ? type.unlessNull : type;
}

/** A member of a list at an index. Numbers of JSON compare with ints as well as with doubles: they have no one type. */
export function memberType(type: VariableType): VariableType {
  const member = staticType(type);
  return member.type === "int" || member.type === "double" ? { type: "dyn" } : member;
}
