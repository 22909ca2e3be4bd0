import type { ConditionProblem } from "./condition.ts";
import { type CelNode, check, type TypeName } from "./engine.ts";
import { networkTest } from "./network-functions.ts";
import { writtenName } from "./standard-functions.ts";

interface TypeError {
  readonly code: string;
  readonly summary: string;
  readonly node: CelNode;
}

/** A type error of the checker in words: which operator got what, and what to write instead. */
export function typeProblem({ code, summary, node }: TypeError): ConditionProblem {
  const at = (one: CelNode, message: string): ConditionProblem => ({
    code: "cel/type",
    severity: "error",
    message,
    start: one.start,
    end: one.end,
  });
  switch (node.op) {
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "in":
      if (code === "no_such_overload") return binaryProblem(node, node.args[0], node.args[1], at);
      break;
    case "rcall":
      if (code === "no_matching_overload") return methodProblem(node, at);
      break;
    case "call":
      if (code === "no_matching_overload") {
        const types = node.args[1].map((argument) => article(typeOf(argument)));
        return at(node, `${writtenName(node.args[0])}() does not take ${types.join(" and ") || "nothing"}.`);
      }
      break;
    default:
      break;
  }
  if (code === "invalid_comprehension_range")
    return at(node, `This is ${article(typeOf(node))}, and has no elements.`);
  return at(node, `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
}

type At = (node: CelNode, message: string) => ConditionProblem;

function binaryProblem(node: CelNode, left: CelNode, right: CelNode, at: At): ConditionProblem {
  const [leftType, rightType] = [typeOf(left), typeOf(right)];
  const [leftText, rightText] = [textOf(left), textOf(right)];
  // The literal is what is wrong, where only one side is one.
  const offending =
    isLiteral(right) && !isLiteral(left) ? right : isLiteral(left) && !isLiteral(right) ? left : node;
  if (node.op === "in") {
    if (rightType.startsWith("list")) {
      const message = `${leftText} is ${article(leftType)}, but ${rightText} is ${article(rightType)}: it is never in it.`;
      return at(offending, message);
    }
    return at(right, `"in" needs a list on its right side; ${rightText} is ${article(rightType)}.`);
  }
  const facts = `${leftText} is ${article(leftType)} and ${rightText} is ${article(rightType)}`;
  const numbers = ["int", "double", "uint"];
  const [double] = [left, right].filter((_, index) => [leftType, rightType][index] === "double");
  if (node.op === "%" && double !== undefined)
    return at(node, `CEL has no "%" on doubles, and ${textOf(double)} is a double. Convert it: int(x) % y.`);
  if (numbers.includes(leftType) && numbers.includes(rightType)) {
    const advice =
      literalAdvice(left, rightType) ?? literalAdvice(right, leftType) ?? "convert one: double(x), int(x)";
    return at(
      offending,
      `CEL does not mix kinds of numbers in "${node.op}": ${facts}. To fix it, ${advice}.`,
    );
  }
  const advice = literalAdvice(right, leftType) ?? literalAdvice(left, rightType);
  const hint = advice === undefined ? "" : ` To fix it, ${advice}.`;
  return at(offending, `"${node.op}" cannot be used here: ${facts}.${hint}`);
}

/** How to write a literal as another type. */
function literalAdvice(node: CelNode, wanted: TypeName): string | undefined {
  if (node.op !== "value") return undefined;
  const value = node.args;
  if (wanted === "string" && (typeof value === "bigint" || typeof value === "number"))
    return `write "${value}"`;
  if (wanted === "double" && typeof value === "bigint") return `write ${value}.0`;
  if (wanted === "int" && typeof value === "number" && Number.isInteger(value)) return `write ${value}`;
  if (wanted === "google.protobuf.Duration" && typeof value === "string") return `write duration("${value}")`;
  if (wanted === "google.protobuf.Timestamp" && typeof value === "string")
    return `write timestamp("${value}")`;
  const number = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? value : undefined;
  if (number !== undefined && (wanted === "int" || wanted === "double"))
    return `write ${number} without quotes`;
  if (wanted.startsWith("list") && typeof value === "string")
    return "ask whether the list has it: value in list";
  return undefined;
}

function methodProblem(node: Extract<CelNode, { readonly op: "rcall" }>, at: At): ConditionProblem {
  const [name, receiver, args] = node.args;
  const shown = writtenName(name);
  const receiverType = typeOf(receiver);
  const types = args.map((argument) => article(typeOf(argument)));
  const isText = ["startsWith", "endsWith", "contains", "matches"].includes(shown);
  if (isText && receiverType !== "string") {
    const hint = receiverType.startsWith("list")
      ? ` Write ${textOf(receiver)}.exists(v, v.${shown}(...)).`
      : "";
    return at(
      receiver,
      `${shown}() works on a string; ${textOf(receiver)} is ${article(receiverType)}.${hint}`,
    );
  }
  const [only] = args;
  if (name === networkTest) return networkProblem(node, at);
  const where = args.length === 1 && only !== undefined ? only : node;
  return at(
    where,
    `${shown}() on ${article(receiverType)} does not take ${types.join(" and ") || "nothing"}.`,
  );
}

function networkProblem(node: Extract<CelNode, { readonly op: "rcall" }>, at: At): ConditionProblem {
  const [, receiver, [asked]] = node.args;
  const receiverType = typeOf(receiver);
  if (receiverType === "Cidr") {
    const is = asked === undefined ? "there is none" : `${textOf(asked)} is ${article(typeOf(asked))}`;
    return at(
      asked ?? node,
      `${networkTest}() asks for an address, a string; ${is}. Write ${textOf(receiver)}.${networkTest}(source.ip).`,
    );
  }
  const [network, address] = isLiteral(receiver)
    ? [textOf(receiver), asked === undefined ? "source.ip" : textOf(asked)]
    : ['"10.0.0.0/8"', textOf(receiver)];
  return at(
    receiver,
    `Only networks have ${networkTest}(); ${textOf(receiver)} is ${article(receiverType)}. Write cidr(${network}).${networkTest}(${address}).`,
  );
}

function typeOf(node: CelNode): TypeName {
  const checked = check(node);
  return "type" in checked ? checked.type : "dyn";
}

function textOf(node: CelNode): string {
  const text = node.input.slice(node.start, node.end);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isLiteral(node: CelNode): boolean {
  return node.op === "value" || (node.op === "-_" && node.args.op === "value") || node.op === "list";
}

/** A type of CEL in words. */
export function article(type: TypeName): string {
  const plain = type.replace(/^dyn<(.*)>$/, "$1");
  if (plain.startsWith("list")) return plain === "list<string>" ? "a list of strings" : "a list";
  if (plain.startsWith("map")) return "an object";
  const words: Readonly<Record<string, string>> = {
    "google.protobuf.Duration": "a duration",
    "google.protobuf.Timestamp": "a timestamp",
    Cidr: "a network",
    int: "an int",
    bool: "true or false",
    null: "null",
    dyn: "a value of any type",
  };
  return words[plain] ?? `a ${plain}`;
}
