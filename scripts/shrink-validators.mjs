/**
 * Rewrites the code that ajv generates into less of the same: what it repeats at every error, call and test becomes a
 * call of a small function, and of the schemas only the literals stay that the code reads. Ajv's code is regular, and
 * each rewrite stands alone, so that one that no longer fits a new version of ajv costs size and nothing else;
 * test/unit/bundles sees that. The validators say the same as before, which test/unit/policy and the comparison in
 * test/unit/scripts/shrink-validators.test.ts show.
 */

/** What the only parameter of an error is called, by keyword; other errors carry an object. */
const PARAMETER = {
  additionalProperties: "additionalProperty",
  const: "allowedValue",
  enum: "allowedValues",
  maxItems: "limit",
  maxLength: "limit",
  minItems: "limit",
  minLength: "limit",
  minProperties: "limit",
  pattern: "pattern",
  propertyNames: "propertyName",
  required: "missingProperty",
  type: "type",
};

const HELPERS = `
const parameterOf = ${JSON.stringify(PARAMETER)};
const problem = (instancePath, keyword, value) => {
  const name = parameterOf[keyword];
  return { instancePath, schemaPath: "", keyword, params: name === undefined ? value : { [name]: value } };
};
const joined = (list, more) => (list === null ? more : list.concat(more));
const isObject = (value) => value && typeof value == "object" && !Array.isArray(value);
const segment = (key) => "/" + key.replace(/~/g, "~0").replace(/\\//g, "~1");
`;

/**
 * @param {string} code the module that ajv generates, with an object of parameters for each validator
 * @returns {string} a module with the same exports, whose validators take `(data, instancePath = "")`
 */
export function shrinkValidators(code) {
  return HELPERS + calls(errors(literals(code)));
}

/**
 * Reading `schema12.properties.type.enum` would keep all of schema12.
 * @param {string} code
 */
function literals(code) {
  /** @type {Map<string, unknown>} */
  const schemas = new Map();
  for (const { 0: head, 1: name = "", index } of code.matchAll(/const (schema\d+) = (?=\{)/g)) {
    schemas.set(name, JSON.parse(objectAt(code, index + head.length)));
  }
  const path = /\b(schema\d+)((?:\.\w+|\["[^"]*"\])+)/g;
  return code
    .replace(/func\d+\.call\((schema\d+(?:\.\w+)*)\.properties, (\w+)\)/g, (whole, at, key) => {
      const properties = valueAt(schemas, `${at}.properties`);
      return isRecord(properties) ? `${JSON.stringify(Object.keys(properties))}.includes(${key})` : whole;
    })
    .replace(path, (whole, name, rest, offset) => {
      const value = valueAt(schemas, name + rest);
      const inText = code[offset - 1] === '"';
      return value === undefined || inText ? whole : JSON.stringify(value);
    });
}

/** @param {ReadonlyMap<string, unknown>} schemas @param {string} expression */
function valueAt(schemas, expression) {
  const [name = "", ...keys] = [...expression.matchAll(/[\w-]+/g)].map(([key]) => key);
  return keys.reduce((value, key) => (isRecord(value) ? value[key] : undefined), schemas.get(name));
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON object that begins at `start`. @param {string} code @param {number} start */
function objectAt(code, start) {
  let depth = 0;
  for (const { 0: token, index } of code.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") depth++;
    else if (token === "}" && --depth === 0) return code.slice(start, start + index + 1);
  }
  throw new Error("a schema in the generated code does not end");
}

/** @param {string} code */
function errors(code) {
  return code
    .replace(
      /const (err\d+) = \{instancePath(?::(.*?))?,(?:schemaPath:"(?:[^"\\]|\\.)*",)?keyword:"(\w+)",params:(\{.*?\})(,propertyName:\w+)?\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/g,
      (_match, _name, at, keyword, params) =>
        // Ajv keeps `errors` equal to the length of the list. Nobody reads `propertyName` beside the parameters.
        `errors = (vErrors ??= []).push(problem(${at ?? "instancePath"},"${keyword}",${parameter(keyword, params)}));`,
    )
    .replace(/"\/" \+ (\w+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g, "segment($1)");
}

/** @param {string} keyword @param {string} params the source of an object */
function parameter(keyword, params) {
  const name = /** @type {Record<string, string>} */ (PARAMETER)[keyword];
  if (name === undefined) return params;
  const prefix = `{${name}: `;
  if (!params.startsWith(prefix))
    throw new Error(`the error of "${keyword}" has other parameters: ${params}`);
  return params.slice(prefix.length, -1);
}

/** @param {string} code */
function calls(code) {
  return (
    code
      .replace(/\{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}/g, 'instancePath=""')
      .replace(
        /\{instancePath(?::([^{}]*?))?,parentData(?::[^{}]*?)?,parentDataProperty(?::[^{}]*?)?,rootData\}/g,
        (_m, at) => at ?? "instancePath",
      )
      .replace(
        /vErrors = vErrors === null \? (validate\d+)\.errors : vErrors\.concat\(\1\.errors\);errors = vErrors\.length;/g,
        "errors = (vErrors = joined(vErrors, $1.errors)).length;",
      )
      .replace(/(\w+) && typeof \1 == "object" && !Array\.isArray\(\1\)/g, "isObject($1)")
      // A text has a character where it has a code unit.
      .replace(/func\d+\(([\w.[\]]+)\) < 1\b/g, "$1.length < 1")
  );
}
