/** Options and positional arguments of a command, checked against what it takes. */
import { didYouMean } from "../text/did-you-mean.ts";
import { CommandError, type ParseArguments } from "./services.ts";

export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** What stands for the value in the help: `NAME`. */
  readonly value?: string;
  readonly describe: string;
  /** The only values there are. */
  readonly oneOf?: readonly string[];
}

export interface ArgumentSpec {
  readonly command: string;
  /** `rest`: the last one may be given more than once. */
  readonly positionals: {
    readonly names: readonly string[];
    readonly required: number;
    readonly rest?: true;
  };
  readonly options: Readonly<Record<string, OptionSpec>>;
}

export class Arguments {
  constructor(
    readonly positionals: readonly string[],
    private readonly values: ReadonlyMap<string, string | true>,
  ) {}

  text(option: string): string | undefined {
    const value = this.values.get(option);
    return typeof value === "string" ? value : undefined;
  }

  flag(option: string): boolean {
    return this.values.get(option) === true;
  }

  get json(): boolean {
    return this.text("format") === "json";
  }
}

export const helpOption: OptionSpec = { type: "boolean", describe: "show this help" };

/** Throws `CommandError` on what the command does not know; nothing is ever ignored. */
export function readArguments(args: readonly string[], spec: ArgumentSpec, parse: ParseArguments): Arguments {
  const options: Readonly<Record<string, OptionSpec>> = { ...spec.options, help: helpOption };
  const { tokens } = parse({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type }]) => [
        name,
        name === "help" ? { type, short: "h" } : { type },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const known = Object.hasOwn(options, name) ? options[name] : undefined;
    if (known === undefined) throw unknownOption(rawName, spec.command, Object.keys(options));
    if (values.has(name)) throw new CommandError(`${rawName} is given twice. Say it once.`);
    values.set(name, checkedValue(rawName, known, value, inlineValue === true));
  }
  // Who asks for help need not have the rest right.
  if (values.has("help")) return new Arguments([], values);
  checkPositionals(positionals, spec);
  return new Arguments(positionals, values);
}

function checkedValue(
  name: string,
  spec: OptionSpec,
  value: string | undefined,
  inline: boolean,
): string | true {
  if (spec.type === "boolean") {
    if (value !== undefined) throw new CommandError(`${name} takes no value, but was given "${value}".`);
    return true;
  }
  if (value === undefined || value === "" || (!inline && value.startsWith("-")))
    throw new CommandError(`${name} needs a value: ${name} ${spec.value ?? "VALUE"}.`);
  if (spec.oneOf !== undefined && !spec.oneOf.includes(value))
    throw new CommandError(
      `${name} is one of ${spec.oneOf.join(", ")}, not "${value}".${suggestion(value, spec.oneOf)}`,
    );
  return value;
}

function unknownOption(name: string, command: string, known: readonly string[]): CommandError {
  const meant = didYouMean(name.replace(/^-+/, ""), known);
  const hint =
    meant === undefined ? `\`plumbline ${command} --help\` lists them` : `Did you mean --${meant}?`;
  return new CommandError(
    `plumbline ${command} has no option ${name}. ${hint}${meant === undefined ? "." : ""}`,
  );
}

function checkPositionals(
  positionals: readonly string[],
  { command, positionals: wanted }: ArgumentSpec,
): void {
  const missing = wanted.names[positionals.length];
  if (positionals.length < wanted.required)
    throw new CommandError(
      `plumbline ${command} needs ${wanted.names.slice(0, wanted.required).join(" and ")}: ${missing} is missing.`,
    );
  const surplus = positionals[wanted.names.length];
  if (surplus !== undefined && wanted.rest !== true)
    throw new CommandError(
      `plumbline ${command} takes ${wanted.names.length === 0 ? "no arguments" : `only ${wanted.names.join(" and ")}`}, so "${surplus}" is one too many.`,
    );
}

export function suggestion(name: string, known: Iterable<string>): string {
  const meant = didYouMean(name, known);
  return meant === undefined ? "" : ` Did you mean "${meant}"?`;
}
