/**
 * The tools of an MCP server, from a saved answer to `tools/list`: the JSON-RPC answer, its `result`, or a bare
 * `{ "tools": [...] }`. Untrusted: input schemas are kept as data.
 */
import type { Json } from "../access/interaction.ts";
import { schemaExcess } from "../cel/json-schema.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import { child, type ParsedFile, type TreeNode, text, toValue } from "../text/tree.ts";
import type { Tool, ToolAnnotations } from "./model.ts";
import { placeInScalar } from "./schema-path.ts";

export interface McpTools {
  readonly tools: readonly Tool[];
  /** Places are in the tools file. */
  readonly problems: readonly Problem[];
}

const maxTools = 10_000;
/** A list in which every schema is too large is one matter, and each costs time. */
const maxExcesses = 10;
/** MCP 2026-07-28, "Tool Names". */
const toolName = /^[A-Za-z0-9_.-]{1,128}$/;

export function readMcpTools(file: ParsedFile): McpTools {
  const root = file.documents[0]?.root;
  const list = child(child(root, "result"), "tools") ?? child(root, "tools");
  if (list?.kind !== "list") {
    const problem = notTools(file, root, list);
    return { tools: [], problems: problem === undefined ? [] : [problem] };
  }
  const tools = new Map<string, Tool>();
  const problems: Problem[] = [];
  const tooLarge: Problem[] = [];
  for (const node of list.items.slice(0, maxTools)) {
    const read = readTool(node);
    if ("problem" in read) {
      problems.push(read.problem);
      continue;
    }
    const first = tools.get(read.tool.name);
    if (first === undefined) {
      tools.set(read.tool.name, read.tool);
      const excess = tooLarge.length < maxExcesses ? schemaExcess(read.tool.inputSchema) : undefined;
      if (excess !== undefined) tooLarge.push(schemaTooLarge(read.tool, excess));
    } else {
      problems.push({
        ...finding(
          "mcp/duplicate-tool",
          `The tool "${first.name}" stands twice; the first one counts.`,
          read.tool.place,
        ),
        related: [{ place: first.place, message: "The first one stands here." }],
      });
    }
  }
  const cursor = child(child(root, "result"), "nextCursor") ?? child(root, "nextCursor");
  if (text(cursor) !== undefined && cursor !== undefined) {
    problems.push({
      ...finding(
        "mcp/incomplete-list",
        "This is one page of the list only: nextCursor says that there are more tools. Fetch the others and put them into this file.",
        cursor.place,
      ),
      severity: "warning",
    });
  }
  return { tools: [...tools.values()], problems: [...problems, ...tooLarge] };
}

function schemaTooLarge({ name, place }: Tool, why: string): Problem {
  const message =
    `The inputSchema of tool "${name}" is not read as a whole: ${why}. ` +
    "Conditions on what is left out are not checked before they run. Describe only the arguments that the tool takes.";
  return { ...finding("mcp/schema-too-large", message, place), severity: "warning" };
}

function notTools(
  file: ParsedFile,
  root: TreeNode | undefined,
  list: TreeNode | undefined,
): Problem | undefined {
  const wanted = 'Save the answer to tools/list here: a JSON object with "result": { "tools": [...] }.';
  if (root === undefined) {
    const place = file.documents[0]?.place;
    // What is broken in the file's syntax has its own findings.
    if (file.problems.length > 0 || place === undefined) return undefined;
    return finding("mcp/no-tools", `This file is empty, so it gives no tools. ${wanted}`, place);
  }
  const error = child(root, "error");
  if (error !== undefined) {
    return finding(
      "mcp/no-tools",
      `This is an error answer of the server, not a list of tools. ${wanted}`,
      error.place,
    );
  }
  if (list !== undefined) return finding("mcp/no-tools", `"tools" is not a list. ${wanted}`, list.place);
  const place = root.kind === "map" ? (root.entries[0]?.key.place ?? root.place) : root.place;
  return finding("mcp/no-tools", `There is no list of tools in this file. ${wanted}`, place);
}

function readTool(node: TreeNode): { readonly tool: Tool } | { readonly problem: Problem } {
  const nameNode = child(node, "name");
  const name = text(nameNode);
  if (nameNode === undefined || name === undefined) {
    const place =
      nameNode?.place ?? (node.kind === "map" ? (node.entries[0]?.key.place ?? node.place) : node.place);
    return {
      problem: finding("mcp/tool", "A tool needs a name that is a string; this one is left out.", place),
    };
  }
  if (!toolName.test(name)) {
    const message = `"${name}" cannot be the name of a tool: 1 to 128 letters, digits, "_", "." and "-". It is left out.`;
    return { problem: finding("mcp/tool", message, nameNode.place) };
  }
  const schema = child(node, "inputSchema");
  if (schema !== undefined && schema.kind !== "map") {
    const message = `The inputSchema of tool "${name}" must be a JSON Schema object. The tool is left out, because its arguments could not be checked.`;
    return { problem: finding("mcp/tool", message, schema.place) };
  }
  const description = text(child(node, "description"));
  const annotations = readAnnotations(child(node, "annotations"));
  return {
    tool: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(schema === undefined ? {} : { inputSchema: toValue(schema) as Json }),
      ...(annotations === undefined ? {} : { annotations }),
      place: nameNode.kind === "scalar" ? placeInScalar(nameNode, 0, name.length) : nameNode.place,
    },
  };
}

/**
 * MCP 2026-07-28, `ToolAnnotations`. Without `destructiveHint` a client has to expect the worst, but then nobody said so
 * either: that stays undefined.
 */
function readAnnotations(node: TreeNode | undefined): ToolAnnotations | undefined {
  const hint = (key: string): boolean | undefined => {
    const value = child(node, key);
    return value?.kind === "scalar" && typeof value.value === "boolean" ? value.value : undefined;
  };
  const readOnly = hint("readOnlyHint");
  const destructive = hint("destructiveHint");
  if (readOnly === undefined && destructive === undefined) return undefined;
  return {
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(destructive === undefined ? {} : { destructive }),
  };
}

function finding(code: string, message: string, place: Place): Problem {
  return { code, severity: "error", message, place };
}
