/** What the steps of the schema validator write to: errors, each with the place in the value that it is about. */

export interface SchemaError {
  /** A JSON pointer (RFC 6901). */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One run over one value. Written to while it lasts, and seen by nobody else. */
export interface Report {
  /** Where in the value the run is; the pointer is written only for an error. */
  readonly trail: (string | number)[];
  /** How many errors there are; a trial only counts them. */
  count: number;
  readonly errors: SchemaError[] | undefined;
}

/** Tells the report what is wrong with a value of one type, and leaves the trail as it was. */
export type Step<T> = (value: T, report: Report) => void;
/** A step that any value can be given to. */
export type Check = Step<unknown>;

export function fail(report: Report, keyword: string, params: SchemaError["params"]): void {
  report.count++;
  if (report.errors === undefined) return;
  const steps = report.trail.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`);
  report.errors.push({ instancePath: steps.join(""), keyword, params });
}

/** Whether a value passes, which tells nobody what is wrong with it. */
export function passes(check: Check, value: unknown): boolean {
  const trial: Report = { trail: [], count: 0, errors: undefined };
  check(value, trial);
  return trial.count === 0;
}

/** A check of what stands at a key or index. */
export function within(report: Report, key: string | number, check: Check, value: unknown): void {
  report.trail.push(key);
  check(value, report);
  report.trail.pop();
}

/** A step that makes one error where the value does not hold. */
export function rule<T>(
  keyword: string,
  params: SchemaError["params"],
  holds: (value: T) => boolean,
): Step<T> {
  return (value, report) => {
    if (!holds(value)) fail(report, keyword, params);
  };
}
