import { didYouMean } from "../text/did-you-mean.ts";
import type { ConditionProblem, ObjectType, VariableType } from "./condition.ts";
import type { CelEnvironment } from "./environment.ts";
import { typeName } from "./leaf-type.ts";
import { unknownField } from "./messages.ts";
import { displayPath } from "./reference.ts";

/** Offsets of the condition's decoded text. */
export interface Characters {
  readonly start: number;
  readonly end: number;
}

/** The type of a field, whose name stands at `at`; adds what is wrong with it to `problems`. */
export function fieldOf(
  type: VariableType,
  key: string,
  path: readonly string[],
  at: Characters,
  environment: CelEnvironment,
  problems: ConditionProblem[],
): VariableType {
  switch (type.type) {
    case "dyn":
      return { type: "dyn" };
    case "map":
      return type.of;
    case "object": {
      const field = type.fields.get(type.ignoresCase ? key.toLowerCase() : key);
      if (field !== undefined) return field.type;
      const unknown = () => unknownField(key, displayPath(path), type, environment, at);
      if (!type.open) problems.push(unknown());
      else if (isMistaken(key, type)) problems.push({ ...unknown(), severity: "warning" });
      return type.others ?? { type: "dyn" };
    }
    default: {
      const message = `${displayPath(path)} is a ${typeName(type)}: it has no field "${key}".`;
      problems.push({ code: "cel/type", severity: "error", message, start: at.start, end: at.end });
      return { type: "dyn" };
    }
  }
}

/**
 * A name close to one of those that an operation declares. Others may be sent all the same, and short names are all
 * close to each other. What ignores case are headers, of which every request has undeclared ones.
 */
function isMistaken(name: string, { fields, others, ignoresCase }: ObjectType): boolean {
  if (others === undefined || ignoresCase || name.length < 4) return false;
  return didYouMean(name, fields.keys()) !== undefined;
}
